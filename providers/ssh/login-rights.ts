import { ChannelRefused } from "./refusal";
import { refusedRoot } from "./login/root-refusal";
import type { Transport } from "./transport";

/** @throws at once when the login user cannot become root, with what is missing */
export async function expectRoot(host: Transport): Promise<void> {
  const { user } = host.connection;
  if (user === "root") return;
  const answer = await host.run(["true"]);
  if (answer.code !== 0) throw new Error(refusedRoot(host.name, answer));
}

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
