import type { CommandRunner } from "../ssh/transport";
import type { KeptPlace } from "../kept-version";

/** Exit code of READ when no data of the service was ever brought into another version. */
const NONE = 44;

const READ = `[ -e "$1" ] || exit 44
cat "$1"`;

/** Where a migration has noted whom to ask (programs/backup/migrate.sh). */
export const guardNote = (lastHealthy: string): string => `${lastHealthy}.fits`;

/**
 * Before a version starts that is not the newest one: sees to it that the service's data are those that it reads. Those of before
 * are brought back where nothing is lost by that.
 * @param image its id
 * @throws where the data are another version's; then nothing was changed
 */
export async function expectFittingData(
  host: CommandRunner,
  { lastHealthy }: Pick<KeptPlace, "lastHealthy">,
  image: string,
): Promise<void> {
  const note = await host.run(["sh", "-c", READ, "vpai", guardNote(lastHealthy)], { reads: true });
  if (note.code === NONE) return;
  if (note.code !== 0) throw new Error(`${host.name}: cannot read ${guardNote(lastHealthy)}: ${note.stderr.trim()}`);
  const answer = await host.run([...note.stdout.trimEnd().split("\n"), image]);
  if (answer.code !== 0) throw new Error(answer.stderr.trim().replace(/^backup: /, ""));
}
