import { ChannelRefused } from "./refusal";
import type { Answer, Transport } from "./transport";

/** @throws at once when the login user cannot become root, with what is missing */
export async function expectRoot(host: Transport): Promise<void> {
  const { user } = host.connection;
  if (user === "root") return;
  const answer = await host.run(["true"]);
  if (answer.code !== 0) throw new Error(refusedRoot(host.name, answer));
}

/** What is said of a login user that sudo refuses. @param name of the host, `user@address` */
export function refusedRoot(name: string, { code, stderr }: Answer): string {
  const said = stderr.trim();
  const [, toDo = "Look at the user's rules in sudoers."] = REMEDIES.find(([sign]) => sign.test(said)) ?? [];
  const [user = ""] = name.split("@");
  return (
    `${name}: expected a login user that becomes root by sudo, without a password, found: ${said || `exit code ${code}`}. ` +
    toDo.replaceAll("USER", user)
  );
}

const REMEDIES: readonly (readonly [RegExp, string])[] = [
  [/not found/, "Install sudo on the host, or log in as root."],
  [/must have a tty/, "Take `requiretty` away there: `Defaults:USER !requiretty` in /etc/sudoers.d/."],
  [/password is required/, "Put `USER ALL=(ALL) NOPASSWD: ALL` into a file of /etc/sudoers.d/ there."],
  [/not in the sudoers file|not allowed/, "Put `USER ALL=(ALL) NOPASSWD: ALL` into a file of /etc/sudoers.d/ there."],
];

/** @throws when the engine answers root but not the login user, as whom the Docker provider comes */
export async function expectEngineFor(host: Transport): Promise<void> {
  const { user } = host.connection;
  if (user === "root") return;
  const { code, stderr } = await host.run(["runuser", "-u", user, "--", "docker", "version"]);
  if (code === 0) return;
  throw new Error(
    `${host.name}: expected a login user that reaches the Docker engine, found: ${stderr.trim()}. ` +
      `Put the user into the group docker on the host: \`usermod --append --groups docker ${user}\`.`,
  );
}

/** The port of the discard service: whether somebody listens there does not matter. */
const ANY_PORT = 9;

/** @throws when the host forwards no TCP streams, by which databases, programs and sites are reached */
export async function expectForwarding(host: Transport): Promise<void> {
  try {
    await host.forward("127.0.0.1", ANY_PORT, () => Promise.resolve());
  } catch (error) {
    if (!(error instanceof ChannelRefused && error.isTargetClosed)) throw error;
  }
}
