import type { CommandRunner, Transport } from "../ssh/transport";
import type { Wanted } from "./drop-in";
import { type Effective, effectiveOf } from "./effective";
import { EFFECTIVE, FACTS } from "./scripts";

/** How we came in, and how the next ones do. */
export interface LoginFacts {
  /** As `sshd -C` takes it, without the user. */
  from: string;
  /** The port that we came to, as the host sees it. */
  port: number;
  /** Ports of `ssh.socket`; undefined where sshd listens itself. */
  socket: readonly number[] | undefined;
  hasIpv6: boolean;
}

/** Asks how we came in. @throws where nothing on the host says so */
export async function loginOf(host: Transport): Promise<LoginFacts> {
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
export const specifications = ({ users }: Wanted, { from }: LoginFacts): string[] =>
  [...new Set([...users, "root"])].map((user) => `user=${user},${from}`);

/** What sshd does for those that are let in, whatever files say so. */
export const look = async (host: CommandRunner, wanted: Wanted, login: LoginFacts): Promise<Effective> =>
  withSocket(effectiveOf(await script(host, EFFECTIVE, specifications(wanted, login))), login);

/** Where systemd listens, sshd's own port is only what it would be. */
const withSocket = (effective: Effective, { socket }: LoginFacts): Effective =>
  socket === undefined ? effective : { ...effective, ports: [...new Set(socket)] };

/** Runs a script of ours, with words for its arguments. */
export async function script(
  host: CommandRunner,
  text: string,
  args: readonly string[],
  stdin?: string,
): Promise<string> {
  return host.output(["sh", "-c", text, "vpai", ...args], { stdin });
}
