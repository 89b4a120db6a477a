import type { Answer } from "./channel";
import { CommandError } from "./command-error";
import type { CommandRunner } from "./command-runner";
import { refusedRoot } from "./login/root-refusal";

/** How sudo says that it runs nothing for a user. */
const NO_ROOT =
  /^sudo: (?:a password is required|sorry, you must have a tty)|is not in the sudoers file|^Sorry, user .* is not allowed|sudo: (?:command )?not found/m;

/** How programs say that a disk is full, bytes or inodes; apt has words of its own, Go begins without a capital. */
export const NO_ROOM = /no space left on device|disk quota exceeded|You don't have enough free space in/i;

/** Disks that have less than this are named: KiB, and inodes. */
const LEAST = { kibibytes: 4096, inodes: 16 };

/** A line for each disk that is full: its folder, MiB and inodes that are free. Some are full by nature, some count no inodes. */
const FULL_DISKS = `df -k --local --output=target,size,avail,itotal,iavail -x squashfs -x iso9660 -x devtmpfs -x efivarfs 2>/dev/null |
  awk -v kib=${LEAST.kibibytes} -v inodes=${LEAST.inodes} 'NR > 1 && $1 !~ /^\\/(proc|sys|var\\/lib\\/docker\\/.)/ &&
    ($3 < kib || ($4 > 0 && $5 < inodes)) { printf "%s (%d MiB and %s inodes free)\\n", $1, $3 / 1024, ($4 > 0 ? $5 : "enough") }'`;

/**
 * A command that was expected to succeed and did not. What every command on a host may meet, a login that does not become root and a disk
 * that is full, is said in one sentence, whatever the command was.
 */
export async function failureOf(host: CommandRunner, argv: readonly string[], answer: Answer): Promise<CommandError> {
  const said = `${answer.stderr}\n${answer.stdout}`;
  if (NO_ROOT.test(answer.stderr)) return new CommandError(host.name, argv, answer, refusedRoot(host.name, answer));
  if (NO_ROOM.test(said)) return new CommandError(host.name, argv, answer, noRoom(host.name, await fullDisks(host)));
  return new CommandError(host.name, argv, answer);
}

/** Folders of the disks that are full; empty where that has passed, or nobody can tell. */
async function fullDisks(host: CommandRunner): Promise<string[]> {
  const { stdout } = await host.run(["sh", "-c", FULL_DISKS], { reads: true });
  return stdout.split("\n").filter((line) => line !== "");
}

function noRoom(name: string, full: readonly string[]): string {
  const [folder] = full.map((line) => line.split(" ")[0]);
  const found = full.length === 0 ? "none for a moment" : full.join(" and ");
  const look = folder === undefined ? "`df -h`, `df -i`" : `\`df -h ${folder}\`, \`df -i ${folder}\``;
  return `${name}: expected room on its disks for what is to be changed, found ${found}: free some (${look}) or enlarge the disk, then run up again`;
}
