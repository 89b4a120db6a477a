import { writeFile } from "../host/write-file";
import type { Transport } from "../ssh/transport";

/** An account as it is on a host. */
interface Account {
  /** `uid:gid`. */
  owner: string;
  home: string;
  /** Names of its groups. */
  groups: string[];
  /** Text of its `authorized_keys`; empty where there is none. */
  keysFile: string;
}

const READ = `set -eu
entry=$(getent passwd "$1") || exit 44
echo "$entry" | cut -d: -f3,4
home=$(echo "$entry" | cut -d: -f6); echo "$home"
id --name --groups "$1"
if [ -e "$home/.ssh/authorized_keys" ]; then cat "$home/.ssh/authorized_keys"; fi`;

/** Exit code of READ where there is no such account. */
const NONE = 44;

/** @returns undefined when there is none of that name */
export async function accountOn(host: Transport, user: string): Promise<Account | undefined> {
  const argv = ["sh", "-c", READ, "vpai", user];
  const answer = await host.run(argv, { reads: true });
  if (answer.code === NONE) return undefined;
  if (answer.code !== 0) throw new Error(`${host.name}: cannot read the account ${user}: ${answer.stderr.trim()}`);
  const [owner = "", home = "", groups = "", ...keys] = answer.stdout.split("\n");
  return { owner, home, groups: groups.split(" "), keysFile: keys.join("\n") };
}

/** No password lets it in, and none is locked, which sshd would take for a locked account. Arguments: user, home, groups. */
const ENSURE = `set -eu
user=$1 home=$2; shift 2
for group; do getent group "$group" >/dev/null || {
  echo "expected the group $group on the host, found none: install what brings it (sudo, Docker), or make it (\\\`groupadd $group\\\`)" >&2
  exit 45
}; done
getent passwd "$user" >/dev/null ||
  useradd --create-home --home-dir "$home" --shell /bin/bash --user-group --password '*' -- "$user"
for group; do usermod --append --groups "$group" -- "$user"; done`;

/** Makes an account, or puts it into the groups. @throws when a group is missing, or its home is another one */
export async function ensureAccount(
  host: Transport,
  { user, home, groups }: { user: string; home: string; groups: readonly string[] },
): Promise<Account> {
  await host.script(ENSURE, [user, home, ...groups]);
  const account = await accountOn(host, user);
  if (account?.home === home) return account;
  throw new Error(
    `${host.name}: expected the account ${user} at home in ${home}, found ${account?.home ?? "none"}: ` +
      "move it there (`usermod --home … --move-home`), or name another operator",
  );
}

/** sshd reads no keys of a folder that others may write to. */
export async function writeKeys(host: Transport, { owner, home }: Account, content: string): Promise<void> {
  const folder = `${home}/.ssh`;
  const [uid = "", gid = ""] = owner.split(":");
  await host.output(["install", "-d", "-m", "0700", "-o", uid, "-g", gid, "--", folder]);
  await writeFile(host, { path: `${folder}/authorized_keys`, content, owner, mode: "0600" });
}

/** Its own file may be what is broken, so the rules as a whole are checked once that is in place; the one before comes back. */
const CHECK = `set -eu
file=$1
said=$(visudo --check 2>&1) && exit
if [ -e "$file.before" ]; then mv -fT "$file.before" "$file"; else rm -f "$file"; fi
echo "expected rules of sudo that visudo accepts, found: $said: mend the file that it names, then run up again" >&2
exit 45`;

const KEEP = `if [ -e "$1" ]; then cp -p -- "$1" "$1.before"; else rm -f "$1.before"; fi`;

/** Gives sudo a file of rules, which takes effect only when it and all others together are accepted. sudo reads no name with a dot. */
export async function writeSudoers(host: Transport, path: string, content: string): Promise<void> {
  await host.script(KEEP, [path]);
  const validate = ["visudo", "--check", "--quiet", "--file", "{}"];
  await writeFile(host, { path, content, owner: "0:0", mode: "0440", validate });
  await host.script(CHECK, [path]);
  await host.output(["rm", "-f", "--", `${path}.before`]);
}
