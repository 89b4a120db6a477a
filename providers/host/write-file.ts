import { NO_ROOM } from "../ssh/failure";
import { CommandError, type Transport } from "../ssh/transport";

/** A file as it is to be on a host. */
export interface FileToWrite {
  /** Absolute path. Missing folders are made, owned by root, mode 0755. */
  path: string;
  content: string;
  /** Owner as `uid:gid`, numbers. */
  owner: string;
  /** Permissions, four octal digits. */
  mode: string;
  /** Command that must accept the content before it takes effect; `{}` stands for the path of the candidate file. Default: none. */
  validate?: readonly string[] | undefined;
}

/**
 * Where the candidate lies until it is accepted: one fixed name, so that an interrupted write leaves no trail. A file that is
 * right already stays untouched; then its time is printed, in seconds.
 */
const WRITE = `set -eu
path=$1 owner=$2 mode=$3; shift 3
candidate=$(dirname "$path")/.$(basename "$path").candidate
if [ -d "$path" ] && [ ! -L "$path" ]; then
  echo "expected a file at $path, found a directory: move it away, then run up again" >&2
  exit 45
fi
mkdir -p "$(dirname "$path")"
trap 'rm -f "$candidate"' EXIT
rm -f "$candidate"; (umask 077; cat > "$candidate")
chown "$owner" "$candidate"; chmod "$mode" "$candidate"
if [ -f "$path" ] && [ ! -L "$path" ] && cmp -s -- "$candidate" "$path" &&
  [ "$(stat -c '%u:%g %04a' -- "$path")" = "$owner $mode" ]; then
  stat -c %Y -- "$path"
  exit 0
fi
if [ $# -gt 0 ]; then
  i=$#
  while [ "$i" -gt 0 ]; do
    argument=$1; shift; i=$((i - 1))
    case $argument in *'{}'*) argument=\${argument%%'{}'*}$candidate\${argument#*'{}'};; esac
    set -- "$@" "$argument"
  done
  "$@" >&2
fi
sync "$candidate"; mv -fT "$candidate" "$path"`;

/**
 * Writes a file beside its place, has it accepted, and renames it into place.
 * @returns the time of a file that was right already, in seconds since 1970; undefined of one that was written
 * @throws when it is refused, or there is no room for it: the file of before stays in force
 */
export async function writeFile(host: Transport, file: FileToWrite): Promise<number | undefined> {
  const { path, content, owner, mode, validate = [] } = file;
  try {
    const since = await host.script(WRITE, [path, owner, mode, ...validate], { stdin: content });
    return since === "" ? undefined : Number(since);
  } catch (error) {
    throw await named(host, path, error);
  }
}

/** The nearest folder that is there, and what its disk has left: MiB, all inodes, free inodes. */
const ROOM = `at=$1
while [ ! -d "$at" ]; do at=$(dirname -- "$at"); done
echo "$at"; df -m --output=avail,itotal,iavail -- "$at" | tail -n 1`;

/** A disk that is full says so in one way, whether it lacks bytes or inodes. */
async function named(host: Transport, path: string, error: unknown): Promise<unknown> {
  if (!(error instanceof CommandError) || !NO_ROOM.test(error.answer.stderr)) return error;
  const [folder = "/", room = ""] = (await host.script(ROOM, [path], { reads: true })).split("\n");
  const [free = "?", inodes, freeInodes = "?"] = room.trim().split(/\s+/);
  const found = inodes === "0" ? `${free} MiB` : `${free} MiB and ${freeInodes} inodes`;
  return new Error(
    `${host.name}: expected room for ${path} on the disk of ${folder}, found ${found} free: ` +
      `free some (\`df -h ${folder}\`, \`df -i ${folder}\`) or enlarge the disk, then run up again. The file stays as it was`,
    { cause: error },
  );
}
