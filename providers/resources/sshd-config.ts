import { randomUUID } from "node:crypto";
import type { Kind } from "../implementation";
import { resourceOf } from "../resource";
import type { Connection } from "../ssh/connection";
import { CommandError, transportTo } from "../ssh/transport";
import { prepare } from "../sshd/candidate";
import { socketDropIn, type Wanted } from "../sshd/drop-in";
import type { Effective } from "../sshd/effective";
import { faultsOf } from "../sshd/faults";
import { type LoginFacts, loginOf, look } from "../sshd/look";
import { DROP_IN, INSTALL, OPEN, REMOVE, RESTORE, SAVE, SOCKET_DROP_IN } from "../sshd/scripts";
import { expectWanted, isAlone } from "../sshd/differences";
import { warn } from "../warn";

/** What sshd of a host does, whatever files say so. */
export interface SshdConfigInputs extends Wanted {
  /** How we log in before the change. */
  connection: Connection;
  /** Port by which we log in after it. The one of `connection`: sshd keeps the port that it has, which a router may forward to. */
  port: number;
  /** Whom it lets in at all, by login name, in alphabetical order; the login user is among them. */
  users: string[];
  options: Record<string, string>;
}

/** How long a change may take together with the new login that confirms it. */
const SECONDS = 60;

export const sshdConfigKind: Kind<SshdConfigInputs> = {
  version: 1,
  identity: [],
  id: () => "sshd",
  title: ({ connection }) => `sshd on ${connection.host}`,
  check: faultsOf,
  guarded: {
    name: "sshd",
    seconds: SECONDS,
    logins: (inputs) => ({ before: inputs.connection, after: loginAfter(inputs) }),
    files: () => [SOCKET_DROP_IN],
    save: () => ({ text: SAVE }),
    restore: () => ({ text: RESTORE }),
  },
  async ensure(inputs) {
    const host = transportTo(inputs.connection);
    const login = await loginOf(host);
    const port = inputs.port === inputs.connection.port ? login.port : inputs.port;
    const stage = `/run/vpai-sshd-${randomUUID()}`;
    try {
      const set = await prepare(host, { stage, login, wanted: inputs, port });
      if (set !== "") warn(`${host.name}: sshd's other files said otherwise, and these lines are comments now: ${set}`);
      if (port !== login.port) await host.script(OPEN, [String(port)]);
      await host.script(INSTALL, [stage], { stdin: socketFile(login, port) });
    } finally {
      await host.run(["rm", "-rf", "--", stage]);
    }
    const after = loginAfter(inputs);
    const now = await look(host, inputs, await loginOf(host));
    expectWanted(host, inputs, port, now);
    if (port !== login.port) warn(`${host.name}: sshd moves from port ${login.port} to ${port}. ${MOVED}`);
    return { ...inputs, connection: after };
  },
  async observe(state) {
    const host = transportTo(state.connection);
    const login = await loginOf(host);
    try {
      const now = await look(host, state, login);
      const options = Object.fromEntries(
        Object.keys(state.options).map((option) => [option, now.value(option.toLowerCase())]),
      );
      return { ...state, options, users: [...now.users], port: portSeen(now, login, state.port) };
    } catch (error) {
      if (!(error instanceof CommandError)) throw error;
      warn(`${host.name}: sshd does not accept its configuration: ${error.answer.stderr.trim()}`);
      return { ...state, options: {} };
    }
  },
  async remove({ connection }) {
    await transportTo(connection).script(REMOVE, [DROP_IN]);
  },
};

/** What is left to whoever has it moved. */
const MOVED = "Once the run has ended well, take firstPort out of its machine in the stack's file";

const loginAfter = ({ connection, port }: SshdConfigInputs): Connection => ({ ...connection, port });

/** What `ssh.socket` needs to listen where it is wanted; nothing where it does so, or is not in use. */
const socketFile = ({ socket, hasIpv6 }: LoginFacts, port: number): string =>
  socket === undefined || isAlone(port, [...new Set(socket)]) ? "" : socketDropIn(port, hasIpv6);

/** The port as we would log in to it: the one that we came by, as long as sshd listens there alone. */
const portSeen = ({ ports }: Effective, login: LoginFacts, port: number): number =>
  isAlone(login.port, ports) ? port : (ports.find((other) => other !== login.port) ?? port);

/** sshd of a host: its effective values, under confirm-or-revert. */
export class SshdConfig extends resourceOf(sshdConfigKind, {
  type: "vpai/host:SshdConfig",
  name: "sshdConfig",
  outputs: {},
}) {}
