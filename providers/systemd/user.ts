import type { CommandRunner } from "../ssh/transport";

/** Remark by which a user is known as one that was made for units. */
const REMARK = "dev.vpai unit";

/** A unit runs as nobody whom the host does not know. One whose number is known already stays as it is. */
const ENSURE = `set -eu
uid=$1 gid=$2 name=$3 remark=$4
getent group "$gid" >/dev/null || groupadd --system --gid "$gid" "$name"
getent passwd "$uid" >/dev/null || useradd --system --uid "$uid" --gid "$gid" --comment "$remark" \\
  --home-dir /nonexistent --no-create-home --shell /usr/sbin/nologin "$name"`;

const REMOVE = `set -eu
uid=$1 remark=$2 units=$3
entry=$(getent passwd "$uid") || exit 0
[ "$(printf '%s' "$entry" | cut -d: -f5)" = "$remark" ] || exit 0
if grep -qsx "User=$uid" "$units"/*.service; then exit 0; fi
userdel "$(printf '%s' "$entry" | cut -d: -f1)" 2>&1 || true`;

/** Makes the user of a unit known. @param user `uid:gid` @param name for one that is made */
export async function ensureUser(host: CommandRunner, user: string, name: string): Promise<void> {
  await host.output(["sh", "-c", ENSURE, "vpai", ...user.split(":"), name, REMARK]);
}

/** Takes a user away that was made for units, once no unit is of it. */
export async function removeUser(host: CommandRunner, user: string, units: string): Promise<void> {
  const [uid = ""] = user.split(":");
  await host.output(["sh", "-c", REMOVE, "vpai", uid, REMARK, units]);
}
