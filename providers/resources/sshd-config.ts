import { randomUUID } from "node:crypto";
import type { Kind } from "../implementation";
import { resourceOf } from "../resource";
import type { Connection } from "../ssh/connection";
import { type CommandRunner, CommandError, type Transport, transportTo } from "../ssh/transport";
import { dropIn, socketDropIn, type Wanted } from "../sshd/drop-in";
import { type Effective, effectiveOf } from "../sshd/effective";
import { faultsOf } from "../sshd/faults";
import {
  DROP_IN,
  EFFECTIVE,
  FACTS,
  INSTALL,
  OPEN,
  REMOVE,
  RESTORE,
  SAVE,
  SET_ASIDE,
  SOCKET_DROP_IN,
  STAGE,
  TRY,
} from "../sshd/scripts";
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

/** How we came in, and how the next ones do. */
interface LoginFacts {
  /** As `sshd -C` takes it, without the user. */
  from: string;
  /** The port that we came to, as the host sees it. */
  port: number;
  /** Ports of `ssh.socket`; undefined where sshd listens itself. */
  socket: readonly number[] | undefined;
  hasIpv6: boolean;
}

async function loginOf(host: Transport): Promise<LoginFacts> {
  const [login = "", socket = "", ip = ""] = (await host.script(FACTS, [], { reads: true })).split("\n");
  const [client, , address, port] = login.split(" ");
  if (client === undefined || address === undefined || port === undefined)
    throw new Error(`${host.name}: expected a login whose variable SSH_CONNECTION says where it came to, found none`);
  return {
    from: `addr=${client},host=${client},laddr=${address},lport=${port}`,
    port: Number(port),
    socket: socket === "none" ? undefined : [...socket.matchAll(/:(\d+) /g)].map(([, found]) => Number(found)),
    hasIpv6: ip === "ipv6",
  };
}

/** What `sshd -C` is asked for: everybody who is let in, and root, for whom files have rules of their own. */
const specifications = ({ users }: Wanted, { from }: LoginFacts): string[] =>
  [...new Set([...users, "root"])].map((user) => `user=${user},${from}`);

const look = async (host: CommandRunner, wanted: Wanted, login: LoginFacts): Promise<Effective> =>
  withSocket(effectiveOf(await script(host, EFFECTIVE, specifications(wanted, login))), login);

/** Where systemd listens, sshd's own port is only what it would be. */
const withSocket = (effective: Effective, { socket }: LoginFacts): Effective =>
  socket === undefined ? effective : { ...effective, ports: [...new Set(socket)] };

async function script(host: CommandRunner, text: string, args: readonly string[], stdin?: string): Promise<string> {
  return host.output(["sh", "-c", text, "vpai", ...args], { stdin });
}

interface Candidate {
  stage: string;
  login: LoginFacts;
  wanted: Wanted;
  port: number;
}

/** Makes a copy of the configuration that sshd accepts, and that has what is wanted. @returns lines of others that it had to take out */
async function prepare(host: Transport, candidate: Candidate): Promise<string> {
  const { stage, wanted, port } = candidate;
  const put = (named?: number): Promise<string> => script(host, STAGE, [stage, DROP_IN], dropIn(wanted, named));
  await put();
  const bare = await judge(host, candidate);
  if (!isAlone(port, bare.ports)) await put(port);
  const own = isAlone(port, bare.ports) ? bare : await judge(host, candidate);
  const wrong = differences(wanted, port, own);
  if (wrong.length === 0) return "";
  const aside = await script(host, SET_ASIDE, [stage, DROP_IN, ...wrong.flatMap(({ option }) => namesOf(option))]);
  expectWanted(host, wanted, port, await judge(host, candidate));
  return aside.trim().split("\n").join("; ");
}

/** @throws with sshd's own words when it does not accept the copy */
async function judge(host: Transport, { stage, login, wanted }: Candidate): Promise<Effective> {
  const answer = await host.run(["sh", "-c", TRY, "vpai", stage, ...specifications(wanted, login)]);
  if (answer.code === 0) return effectiveOf(answer.stdout);
  throw new Error(
    `expected a configuration that \`sshd -t\` accepts, found: ${answer.stderr.trim().split(/\s*\n/).join("; ")}. ` +
      "Mend the line that it names, or take it out of the stack",
  );
}

const isAlone = (port: number, ports: readonly number[]): boolean => ports.length === 1 && ports[0] === port;

/** Older names of options, by which other files may set them. */
const OLD_NAMES: Readonly<Record<string, readonly string[]>> = {
  kbdinteractiveauthentication: ["challengeresponseauthentication", "skeyauthentication"],
};

const namesOf = (option: string): string[] => [option, ...(OLD_NAMES[option] ?? [])];

interface Difference {
  /** In lower-case letters. */
  option: string;
  expected: string;
  found: string;
}

function differences({ users, options }: Wanted, port: number, found: Effective): Difference[] {
  const pairs = [
    { option: "port", expected: String(port), found: found.ports.join(" and ") },
    { option: "allowusers", expected: users.join(" "), found: found.users.join(" ") },
    ...Object.entries(options).map(([name, expected]) => {
      const option = name.toLowerCase();
      return { option, expected, found: found.value(option) };
    }),
  ];
  return pairs.filter((pair) => pair.expected !== pair.found);
}

function expectWanted(host: Transport, wanted: Wanted, port: number, found: Effective): void {
  const [first] = differences(wanted, port, found);
  if (first === undefined) return;
  throw new Error(
    `expected ${first.option} ${first.expected} of sshd on ${host.name}, found ${first.found || "none"}. ` +
      "A file outside of /etc/ssh/sshd_config.d says so, or a ListenAddress: look for it by `grep -ri` below /etc/ssh",
  );
}

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
