import type { Server } from "../../../providers/postgresql/session";

/** The password that a PostgreSQL server asks its superuser for. */
export const inForce = { password: "" };

jest.mock("../../../providers/postgresql/session", () => {
  const session = jest.requireActual<{ WrongPassword: new (text: string) => Error }>(
    "../../../providers/postgresql/session",
  );
  return {
    ...session,
    withSession: async (_host: unknown, { password }: Server, _database: string, work: () => Promise<unknown>) => {
      if (password !== inForce.password) throw new session.WrongPassword("another one");
      return work();
    },
  };
});
