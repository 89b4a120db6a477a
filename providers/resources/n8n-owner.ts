import type { Kind } from "../implementation";
import { claim, findOwner, isPasswordOf, type OwnerRow } from "../n8n/owner";
import { type Server, withSession } from "../postgresql/session";
import { asSuperuser } from "../postgresql/superuser";
import { resourceOf } from "../resource";
import type { Connection } from "../ssh/connection";
import { transportTo } from "../ssh/transport";

/** The account that owns an n8n. */
export interface N8nOwnerInputs {
  /** The host of the database server: n8n itself is not asked. */
  connection: Connection;
  /** The n8n container's name. */
  container: string;
  /** The database server that n8n keeps its accounts in. */
  server: Server;
  /** n8n's database there. */
  database: string;
  /** Name to log in with. n8n keeps it in lower case. */
  email: string;
  password: string;
}

/** Stands in the state for a password that somebody else set, and that nobody can read back. */
const ANOTHER_PASSWORD = "another one, set in n8n";

export const n8nOwnerKind: Kind<N8nOwnerInputs> = {
  version: 1,
  identity: ["container"],
  title: ({ container, connection }) => `owner of ${container} on ${connection.host}`,
  ensure: (inputs) =>
    asSuperuser(transportTo(inputs.connection), inputs.server, inputs.database, async (client) => {
      const found = await findOwner(client);
      if (found === undefined)
        throw new Error(
          `${inputs.container} on ${inputs.connection.host}: expected an account with the role global:owner in n8n, ` +
            "which its first start makes, found none: is its database another program's?",
        );
      if (!(await isRight(inputs, found))) await claim(client, found.id, inputs.email, inputs.password);
      return inputs;
    }),
  observe: (state) =>
    withSession(transportTo(state.connection), state.server, state.database, async (client) => {
      const found = await findOwner(client);
      if (found === undefined || found.password === null) return undefined;
      return {
        ...state,
        email: isSame(found.email, state.email) ? state.email : (found.email ?? ""),
        password: (await isPasswordOf(state.password, found.password)) ? state.password : ANOTHER_PASSWORD,
      };
    }),
  /** An n8n without an owner would be the next visitor's: who owns it stays. */
  async remove() {},
};

const isSame = (one: string | null, other: string): boolean => one?.toLowerCase() === other.toLowerCase();

const isRight = async ({ email, password }: N8nOwnerInputs, found: OwnerRow): Promise<boolean> =>
  found.password !== null && isSame(found.email, email) && (await isPasswordOf(password, found.password));

/** Who owns an n8n that runs on a host: made before anybody else can, and set back when it was changed. */
export class N8nOwner extends resourceOf(n8nOwnerKind, {
  type: "vpai/n8n:Owner",
  name: "n8nOwner",
  outputs: {},
}) {}
