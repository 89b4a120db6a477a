/** A PostgreSQL server that refuses sessions as long as `refusal` gives a reason, an error's properties. */
export const sessions: { refusal: () => object | undefined } = { refusal: () => undefined };

jest.mock("../../../providers/postgresql/session", () => ({
  withSession: (_host: unknown, _server: unknown, _database: string, work: (client: object) => unknown) => {
    const refused = sessions.refusal();
    if (refused !== undefined) throw Object.assign(new Error("refused"), refused);
    return work({});
  },
}));
