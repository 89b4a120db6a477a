import { commandLine, quote } from "../ssh/quote";
import type { Place } from "./place";

/** What a guard runs on its host. */

/** A text for the host's `sh`, and its positional parameters. Neither may hold a secret. */
export interface Script {
  text: string;
  args?: readonly string[];
}

/** Why a host went back, as it keeps and tells it. */
export const WHY = {
  late: (seconds: number) => `no new login confirmed the change within ${seconds} s`,
  restarted: "the host was restarted before a new login had confirmed the change",
  interrupted: "the run that made the change ended before a new login had confirmed it",
  failed: "the change, or the new login after it, failed in the run that made it",
};

/** Brings back what a run that was interrupted has left pending; its timer could do so only later. */
export const GO_BACK = `[ -e "$1/revert" ] || exit 0
systemctl stop "$2.timer" 2>/dev/null || :
exec systemd-run --quiet --collect --wait --unit "$2-now" sh "$1/revert" "$3"`;

/** Prints when and why the host went back last, also where a run has told so already. */
export const LAST = 'cat "$1.reverted" 2>/dev/null || cat "$1.told" 2>/dev/null || :';

/** Prints which guards went back, when and why, a line each with a tab in it, if nobody was told yet. Argument: their folder. */
export const TELL = `cd "$1" 2>/dev/null || exit 0
for file in *.reverted; do
  [ -f "$file" ] || continue
  printf '%s\\t%s\\n' "\${file%.reverted}" "$(cat "$file")"
  mv -fT "$file" "\${file%.reverted}.told"
done`;

/** Keeps files in a new folder. Standard input is the program that brings them back. */
export const KEEP = `set -eu
folder=$1; shift
umask 077; rm -rf "$folder.new" "$folder.reverted" "$folder.told"; mkdir -p "$folder.new"; cd "$folder.new"
cat > revert; : > absent; tar --create --file files.tar --files-from /dev/null
for file; do
  if [ -e "$file" ] || [ -L "$file" ]; then tar --append --absolute-names --file files.tar -- "$file"
  else printf '%s\\n' "$file" >> absent; fi
done`;

/**
 * A timer fires up to a minute late when it is not told to be accurate, and is gone after a reboot: then a unit, which is standard
 * input, does the same. It waits for sshd, which it may restart.
 */
export const ARM = `set -eu
mv "$1.new" "$1"; sync "$1/revert" "$1/files.tar"
mkdir -p "$(dirname "$6")"; cat > "$5"; ln -sf "$5" "$6"; sync "$5" "$(dirname "$6")"
systemd-run --quiet --collect --unit "$2" --on-active "$3s" --timer-property AccuracySec=100ms --property Type=oneshot sh "$1/revert" "$4"`;

/** The unit by which a host goes back when it is booted with a change that nobody confirmed. */
export const bootUnit = (folder: string): string => `[Unit]
Description=Go back to what was there before a change that nobody confirmed
ConditionPathExists=${folder}/revert
After=network.target ssh.service ssh.socket

[Service]
Type=oneshot
ExecStart=/bin/sh ${folder}/revert "${WHY.restarted}"
`;

/** The lock decides who was first, we or the timer. */
export const DISARM = `set -eu
exec 9>"$1.lock"; flock 9
[ -e "$1/revert" ] || exit 44
systemctl stop "$2.timer" 2>/dev/null || :
rm -f -- "$3" "$4"; rm -rf "$1"`;

/** Has the timer begin anew: it counts from when it was started. */
export const RENEW = `set -eu
exec 9>"$1.lock"; flock 9
[ -e "$1/revert" ] || exit 44
systemctl restart "$2.timer"`;

/** Exit code of DISARM and RENEW when the host has gone back already. */
export const TOO_LATE = 44;

/** The program that brings back what was kept, for the reason given, and ends the guard. What fails leaves the folder for the next run. */
export const revertProgram = ({ folder, atBoot }: Place, { text, args = [] }: Script): string => `set -eu
exec 9>${quote(`${folder}.lock`)}; flock 9
[ -e ${quote(`${folder}/revert`)} ] || exit 0
cd ${quote(folder)}
while IFS= read -r file; do rm -f -- "$file"; done < absent
tar --extract --absolute-names --file files.tar
${commandLine(["sh", "-c", text, "vpai", ...args])} 9>&-
cd /; echo "$(date -u '+%F %H:%M UTC'): $1" > ${quote(`${folder}.reverted`)}
${commandLine(["rm", "-f", "--", ...atBoot])}; rm -rf ${quote(folder)}
`;
