import type { Kind } from "../implementation";
import { resourceOf } from "../resource";
import type { Connection } from "../ssh/connection";
import { commandLine } from "../ssh/quote";
import { transportTo } from "../ssh/transport";

/** A key that may log in to a host as its login user, for one command alone: a line of that user's authorized_keys. */
export interface AuthorizedKeyInputs {
  connection: Connection;
  /** The login user: that of the connection, and another one is another file. */
  user: string;
  /** Tells the line from all others: its end, and unique on the host. */
  comment: string;
  /** `ssh-ed25519 AAAA…`, without a comment. */
  publicKey: string;
  /** Runs as root, whatever is asked for; that is added as one argument. */
  command: string[];
}

interface AuthorizedKeyState extends AuthorizedKeyInputs {
  /** Always true; false is what a refresh notes of a line that is not as it was written. */
  whole: boolean;
}

/** The file of the login user, where sshd looks for it. */
const FILE = `set -eu
home=$(getent passwd "$1" | cut -d: -f6)
[ -n "$home" ] || { echo "expected the user $1, found none" >&2; exit 45; }
file=$(readlink -f "$home/.ssh/authorized_keys" || true)
[ -n "$file" ] || file=$home/.ssh/authorized_keys
`;

/** Puts the line of stdin in the place of the one that ends in the comment; an empty one takes it away. */
const WRITE = `${FILE}
if [ ! -d "$(dirname "$file")" ]; then
  mkdir -p -m 0700 "$(dirname "$file")"; chown "$1:" "$(dirname "$file")"
fi
candidate=$file.candidate
trap 'rm -f "$candidate"' EXIT
if [ -e "$file" ]; then cp -p "$file" "$candidate"; else
  (umask 077; : > "$candidate"); chown "$1:" "$candidate"
fi
line=$(cat)
{
  if [ -e "$file" ]; then awk -v comment=" $2" 'substr($0, length($0) - length(comment) + 1) != comment' "$file"; fi
  [ -z "$line" ] || printf '%s\\n' "$line"
} > "$candidate"
sync "$candidate"; mv -fT "$candidate" "$file"`;

const READ = `${FILE}
[ -e "$file" ] || exit 44
awk -v comment=" $2" 'substr($0, length($0) - length(comment) + 1) == comment' "$file"`;

const GONE = 44;

const authorizedKeyKind: Kind<AuthorizedKeyInputs, AuthorizedKeyState> = {
  version: 1,
  identity: ["user", "comment"],
  title: ({ comment, connection }) => `key of ${comment} on ${connection.host}`,
  check: ({ comment, publicKey }) => [
    ...(/^[\w.-]+(@[\w.-]+)?$/.test(comment)
      ? []
      : [{ property: "comment" as const, reason: `expected letters, digits and ._-@, found ${comment}` }]),
    ...(/^ssh-ed25519 [A-Za-z0-9+/=]+$/.test(publicKey)
      ? []
      : [{ property: "publicKey" as const, reason: "expected an Ed25519 key without a comment" }]),
  ],
  async ensure(inputs) {
    await write(inputs, lineOf(inputs));
    return { ...inputs, whole: true };
  },
  async observe(state) {
    const { connection, user, comment } = state;
    const answer = await transportTo(connection).run(["sh", "-c", READ, "vpai", user, comment]);
    if (answer.code !== 0 && answer.code !== GONE)
      throw new Error(`cannot read the keys of ${user} on ${connection.host}: ${answer.stderr.trim()}`);
    const found = answer.code === GONE ? "" : answer.stdout.trim();
    return found === "" ? undefined : { ...state, whole: found === lineOf(state) };
  },
  async remove(state) {
    await write(state, "");
  },
};

/** `restrict` takes away everything but the command: terminal, forwarding, start-up files of the user. */
export function lineOf({ user, publicKey, comment, command }: Omit<AuthorizedKeyInputs, "connection">): string {
  const asRoot = user === "root" ? [] : ["sudo", "-n"];
  const forced = `exec ${commandLine([...asRoot, ...command])} "$SSH_ORIGINAL_COMMAND"`;
  return `restrict,command="${forced.replaceAll('"', '\\"')}" ${publicKey} ${comment}`;
}

async function write({ connection, user, comment }: AuthorizedKeyInputs, line: string): Promise<void> {
  await transportTo(connection).script(WRITE, [user, comment], { stdin: line });
}

/** A key that may log in to a host for one command alone. */
export class AuthorizedKey extends resourceOf(authorizedKeyKind, {
  type: "vpai/host:AuthorizedKey",
  name: "authorizedKey",
  outputs: { whole: "plain" },
}) {}
