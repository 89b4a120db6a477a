import { lookUntil } from "../../model/look-until";
import { signalProgram } from "../docker/container";
import type { HttpServer } from "../docker/http";
import { goesBy, inForce, type InForce, type Policy } from "../headscale/policy";
import type { Kind } from "../implementation";
import { resourceOf } from "../resource";
import type { Connection } from "../ssh/connection";
import { type Transport, transportTo } from "../ssh/transport";

/** That a Headscale goes by what its policy's file says. */
export interface HeadscalePolicyInputs {
  connection: Connection;
  /** Its container, and the port on which it tells what it goes by. */
  server: HttpServer;
  /** Text of the file. */
  policy: string;
}

/** Looks at what the server goes by after it was told to read its file: it takes milliseconds. */
const LOOKS = { looks: 11, pause: 500 };

/** Log lines that an error shows. */
const LOG_LINES = 5;

export const headscalePolicyKind: Kind<HeadscalePolicyInputs> = {
  version: 1,
  identity: [],
  id: ({ server }) => `policy of ${server.container}`,
  title: ({ server, connection }) => `policy of ${server.container} on ${connection.host}`,
  async ensure(inputs) {
    const { connection, server, policy } = inputs;
    const host = transportTo(connection);
    const wanted = JSON.parse(policy) as Policy;
    if (goesBy(wanted, await inForce(host, server))) return inputs;
    await signalProgram(host, server.container, "HUP");
    const found = await lookUntil(
      () => inForce(host, server),
      (now) => goesBy(wanted, now),
      LOOKS,
    );
    if (goesBy(wanted, found)) return inputs;
    throw new Error(
      `${server.container} on ${host.name}: expected it to go by its policy after it was told to read it, ` +
        `found ${told(found)}. Its last log lines:\n${await logOf(host, server)}`,
    );
  },
  async observe(state) {
    const found = await inForce(transportTo(state.connection), state.server);
    return goesBy(JSON.parse(state.policy) as Policy, found) ? state : { ...state, policy: told(found) };
  },
  /** It goes with its server. */
  remove: () => Promise.resolve(),
};

const told = (found: InForce): string => JSON.stringify(found);

async function logOf(host: Transport, { container }: HttpServer): Promise<string> {
  const { stdout, stderr } = await host.run(["docker", "logs", "--tail", String(LOG_LINES), container], {
    reads: true,
  });
  return `${stdout}${stderr}`.trim();
}

/** The policy that a Headscale in a container of a host goes by, read without a restart. */
export class HeadscalePolicy extends resourceOf(headscalePolicyKind, {
  type: "vpai/headscale:Policy",
  name: "headscalePolicy",
  outputs: {},
}) {}
