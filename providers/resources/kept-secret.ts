import type { Kind } from "../implementation";
import { resourceOf } from "../resource";
import type { Connection } from "../ssh/connection";
import { transportTo } from "../ssh/transport";

/** A secret that was made once, kept on a host too: who loses the state finds it there. */
export interface KeptSecretInputs {
  connection: Connection;
  /** Absolute path of its file on the host, which root alone reads. Its folder is made, mode 0700. */
  path: string;
  /** What was made: kept unless the host has a value already; another one than before takes the old one's place. */
  made: string;
  /** Always true; false is what a refresh notes of a file that is gone or holds something else. */
  kept: boolean;
}

export interface KeptSecretState extends KeptSecretInputs {
  /** The secret: what the host had, or what was made. */
  value: string;
}

/** Writes stdin; with `found`, only where no file is. Prints what the file holds then. */
const KEEP = `set -eu
path=$1 mode=$2
folder=$(dirname "$path")
mkdir -p "$folder"; chmod 0700 "$folder"; umask 077
if [ "$mode" = found ] && [ -s "$path" ]; then cat > /dev/null; else
  trap 'rm -f "$path.new"' EXIT
  cat > "$path.new"; sync "$path.new"; mv -fT "$path.new" "$path"
fi
base64 -w0 -- "$path"`;

const READ = `[ -e "$1" ] || exit 44
base64 -w0 -- "$1"`;

/** Exit code of READ for a file that is not there. */
const GONE = 44;

export const keptSecretKind: Kind<KeptSecretInputs, KeptSecretState> = {
  version: 1,
  identity: [],
  id: ({ path }) => path,
  async ensure(inputs, before) {
    const { connection, path, made } = inputs;
    const value = before === undefined || before.made !== made ? made : before.value;
    const mode = before === undefined ? "found" : "known";
    const held = await transportTo(connection).script(KEEP, [path, mode], { stdin: value });
    return { ...inputs, value: decoded(held) };
  },
  /** The state's value counts: a file that differs is written again, and never read. */
  async observe(state) {
    const { connection, path, value } = state;
    const answer = await transportTo(connection).run(["sh", "-c", READ, "vpai", path]);
    if (answer.code !== 0 && answer.code !== GONE)
      throw new Error(`cannot read ${path} on ${connection.host}: ${answer.stderr.trim()}`);
    return { ...state, kept: answer.code === 0 && decoded(answer.stdout) === value };
  },
  async remove({ connection, path }) {
    await transportTo(connection).output(["rm", "-f", "--", path]);
  },
};

const decoded = (base64: string): string => Buffer.from(base64, "base64").toString("utf8");

/** A made secret, and its copy on a host. */
export class KeptSecret extends resourceOf(keptSecretKind, {
  type: "vpai/host:KeptSecret",
  name: "keptSecret",
  defaults: { kept: true },
  outputs: { value: "secret" },
}) {}
