import type { Kind } from "../implementation";
import { resourceOf } from "../resource";
import type { Connection } from "../ssh/connection";
import { failureOf } from "../ssh/failure";
import { transportTo } from "../ssh/transport";

/** A folder on a host, with what it holds left alone. */
export interface RemoteDirectoryInputs {
  connection: Connection;
  /** Absolute path on the host. Missing parents are made, owned by root, mode 0755. */
  path: string;
  /** Owner of the folder itself as `uid:gid`, numbers. */
  owner: string;
  /** Permissions, four octal digits. */
  mode: string;
}

/** A link would put the data elsewhere, on a disk that nobody declared. */
const NO_LINK = `if [ -L "$1" ]; then
  echo "expected a folder at $1, found a link to $(readlink -- "$1"): put the folder itself there, by a mount where it lies on another disk" >&2
  exit 45
fi`;

const ENSURE = `set -eu
${NO_LINK}
[ -d "$1" ] || [ "$4" = make ] || exit 44
mkdir -p "$1"; chown "$2" "$1"; chmod "$3" "$1"`;

const READ = `${NO_LINK}
[ -d "$1" ] || exit 44
stat -c '%u:%g %04a' -- "$1"`;

const GONE = 44;

export const remoteDirectoryKind: Kind<RemoteDirectoryInputs> = {
  version: 1,
  identity: ["path"],
  title: ({ path, connection }) => `folder ${path} on ${connection.host}`,
  holdsData: () => true,
  async ensure(inputs, before, makeAnew) {
    if (before !== undefined && (await put(inputs, "keep"))) return inputs;
    if (before !== undefined) makeAnew?.();
    await put(inputs, "make");
    return inputs;
  },
  async observe(state) {
    const answer = await transportTo(state.connection).run(["sh", "-c", READ, "vpai", state.path]);
    if (answer.code === GONE) return undefined;
    if (answer.code !== 0)
      throw new Error(`cannot read ${state.path} on ${state.connection.host}: ${answer.stderr.trim()}`);
    const [owner = "", mode = ""] = answer.stdout.trim().split(" ");
    return { ...state, owner, mode: mode.padStart(4, "0") };
  },
  /** A folder that still holds something is data, and stays. */
  async remove(state) {
    await transportTo(state.connection).run(["rmdir", "--", state.path]);
  },
};

/** Sets owner and mode. @param how whether it is made where it is not there @returns whether it is there */
async function put({ connection, path, owner, mode }: RemoteDirectoryInputs, how: "keep" | "make"): Promise<boolean> {
  const host = transportTo(connection);
  const argv = ["sh", "-c", ENSURE, "vpai", path, owner, mode, how];
  const answer = await host.run(argv);
  if (answer.code === GONE) return false;
  if (answer.code !== 0) throw await failureOf(host, argv, answer);
  return true;
}

/** A folder on a host: owner and mode kept, content untouched; removed only when empty. */
export class RemoteDirectory extends resourceOf(remoteDirectoryKind, {
  type: "vpai/host:RemoteDirectory",
  name: "remoteDirectory",
  outputs: {},
}) {}
