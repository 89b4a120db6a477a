import { JsonApi, UnexpectedStatus } from "../docker/json-api";
import type { Kind } from "../implementation";
import { resourceOf } from "../resource";
import type { Connection } from "../ssh/connection";
import { transportTo } from "../ssh/transport";

/** A request that takes JSON. */
interface Page {
  /** Absolute path. */
  path: string;
  /** What is sent, with the password in it. */
  body: string;
}

/** An account in a program that runs in a container of a host. */
export interface ProgramAccountInputs {
  connection: Connection;
  /** The container's name. */
  container: string;
  /** The program's port in its container. */
  port: number;
  /** Name of the site that the program believes to be asked under. */
  hostname: string;
  /** Name of the account, for messages. */
  email: string;
  /** Succeeds with the account's password alone. */
  signIn: Page;
  /** Makes the account; fails where there is one of that name. */
  signUp: Page;
}

export const programAccountKind: Kind<ProgramAccountInputs> = {
  version: 1,
  identity: ["container", "email"],
  title: ({ email, container, connection }) => `account ${email} in ${container} on ${connection.host}`,
  async ensure(inputs) {
    if (await isLoggedIn(inputs)) return inputs;
    const refusal = await refusalOf(inputs, inputs.signUp);
    if (refusal === undefined) return inputs;
    throw new Error(
      `${inputs.container} on ${inputs.connection.host}: expected to log in as ${inputs.email}, or to make that account, ` +
        `found neither possible (${refusal}): where the account has another password, set it in the program to the one ` +
        "of the stack, or the stack's to that one (make secrets)",
    );
  },
  observe: async (state) => ((await isLoggedIn(state)) ? state : undefined),
  /** A program without accounts would be the next visitor's: the account stays. */
  async remove() {},
};

const isLoggedIn = async (inputs: ProgramAccountInputs): Promise<boolean> =>
  (await refusalOf(inputs, inputs.signIn)) === undefined;

/** Statuses that say no to what was sent; of any other, nobody can tell. */
const REFUSED = [400, 401, 403, 404, 409, 422];

/** Why the program says no, undefined when it does not. @throws Unreadable when it says neither */
async function refusalOf(inputs: ProgramAccountInputs, { path, body }: Page): Promise<string | undefined> {
  const { connection, container, port, hostname } = inputs;
  const api = new JsonApi(
    transportTo(connection),
    { container, port },
    // As the gateway asks: some programs refuse others.
    { host: hostname, origin: `https://${hostname}`, "x-forwarded-proto": "https" },
  );
  try {
    await api.call("POST", path, { body: JSON.parse(body) as unknown });
    return undefined;
  } catch (error) {
    if (error instanceof UnexpectedStatus && REFUSED.includes(error.status)) return error.message;
    throw error;
  }
}

/** An account in a program that runs on a host: made where it is missing; another password in the program is drift. */
export class ProgramAccount extends resourceOf(programAccountKind, {
  type: "vpai/program:Account",
  name: "programAccount",
  outputs: {},
}) {}
