import { createHash } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { type Connection, keyOf } from "./ssh/connection";
import { commandLine, quote } from "./ssh/quote";
import { SshRefused } from "./ssh/refusal";
import { CommandError, Transport, transportTo } from "./ssh/transport";
import { warn } from "./warn";

/**
 * For a kind whose change may lock us out: the host itself brings back what was there before, unless a login after the
 * change says that it works. A timer of systemd does so, which a killed run cannot stop; a reboot before that login does it at
 * once. The host keeps why it went back, and the next change under the same guard tells.
 */
export interface Guarded<Inputs, State> {
  /** Names the guard on the host, e.g. `sshd`: lower-case letters, digits and dashes. */
  name: string;
  /** How long the change and the login after it may take together before the host goes back. */
  seconds: number;
  /** How we log in before the change, and how after it. */
  logins(inputs: Inputs, before?: State): { before: Connection; after: Connection };
  /** Files that are put back as they were; what was not there is removed. Absolute paths of files, not folders. */
  files?(inputs: Inputs, before?: State): readonly string[];
  /** Keeps what is in no file, e.g. a rule set, in the current folder, from which `restore` takes it. */
  save?(inputs: Inputs, before?: State): Script;
  /** Makes what was put back take effect. It may run twice, and runs for a change that did not get far, too. */
  restore(inputs: Inputs, before?: State): Script;
  /** Folder on the host that guards keep things in. Default: `/var/lib/vpai/guard`. */
  folder?: string;
  /** Folder of systemd's units that outlive a reboot. Default: `/etc/systemd/system`. */
  units?: string;
}

/** A text for the host's `sh`, and its positional parameters. Neither may hold a secret. */
interface Script {
  text: string;
  args?: readonly string[];
}

/** One guard on one host. */
interface Place {
  /** Holds what was kept, and the program `revert`. Not there: nothing is pending. */
  folder: string;
  unit: string;
  /** The unit that the next boot starts, and the link by which it does. */
  atBoot: readonly [string, string];
}

/** Why a host went back, as it keeps and tells it. */
const WHY = {
  late: (seconds: number) => `no new login confirmed the change within ${seconds} s`,
  restarted: "the host was restarted before a new login had confirmed the change",
  interrupted: "the run that made the change ended before a new login had confirmed it",
  failed: "the change, or the new login after it, failed in the run that made it",
};

/** Seconds after the host's going back in which it has to accept a login as before. */
const GRACE = 30;

/** Brings back what a run that was interrupted has left pending; its timer could do so only later. */
const GO_BACK = `[ -e "$1/revert" ] || exit 0
systemctl stop "$2.timer" 2>/dev/null || :
exec systemd-run --quiet --collect --wait --unit "$2-now" sh "$1/revert" "$3"`;

/** Prints when and why the host went back last, if nobody was told yet. */
const LAST = 'cat "$1.reverted" 2>/dev/null || :';

/** Keeps files in a new folder. Standard input is the program that brings them back. */
const KEEP = `set -eu
folder=$1; shift
umask 077; rm -rf "$folder.new" "$folder.reverted"; mkdir -p "$folder.new"; cd "$folder.new"
cat > revert; : > absent; tar --create --file files.tar --files-from /dev/null
for file; do
  if [ -e "$file" ] || [ -L "$file" ]; then tar --append --absolute-names --file files.tar -- "$file"
  else printf '%s\\n' "$file" >> absent; fi
done`;

/**
 * A timer fires up to a minute late when it is not told to be accurate, and is gone after a reboot: then a unit, which is standard
 * input, does the same. It waits for sshd, which it may restart.
 */
const ARM = `set -eu
mv "$1.new" "$1"; sync "$1/revert" "$1/files.tar"
mkdir -p "$(dirname "$6")"; cat > "$5"; ln -sf "$5" "$6"; sync "$5" "$(dirname "$6")"
systemd-run --quiet --collect --unit "$2" --on-active "$3s" --timer-property AccuracySec=100ms --property Type=oneshot sh "$1/revert" "$4"`;

const bootUnit = (folder: string): string => `[Unit]
Description=Go back to what was there before a change that nobody confirmed
ConditionPathExists=${folder}/revert
After=network.target ssh.service ssh.socket

[Service]
Type=oneshot
ExecStart=/bin/sh ${folder}/revert "${WHY.restarted}"
`;

/** The lock decides who was first, we or the timer. */
const DISARM = `set -eu
exec 9>"$1.lock"; flock 9
[ -e "$1/revert" ] || exit 44
systemctl stop "$2.timer" 2>/dev/null || :
rm -f -- "$3" "$4"; rm -rf "$1"`;

/** Exit code of DISARM when the host has gone back already. */
const TOO_LATE = 44;

/** The program that brings back what was kept, for the reason given, and ends the guard. What fails leaves the folder for the next run. */
const revertProgram = ({ folder, atBoot }: Place, { text, args = [] }: Script): string => `set -eu
exec 9>${quote(`${folder}.lock`)}; flock 9
[ -e ${quote(`${folder}/revert`)} ] || exit 0
cd ${quote(folder)}
while IFS= read -r file; do rm -f -- "$file"; done < absent
tar --extract --absolute-names --file files.tar
${commandLine(["sh", "-c", text, "vpai", ...args])} 9>&-
cd /; echo "$(date -u '+%F %H:%M UTC'): $1" > ${quote(`${folder}.reverted`)}
${commandLine(["rm", "-f", "--", ...atBoot])}; rm -rf ${quote(folder)}
`;

/**
 * Applies a change under a guard: a timer is armed on the host, the change applied, a new login made, the timer disarmed.
 * @param id of the resource
 * @throws when the change or the login fails, after the host has gone back
 */
export async function underGuard<Inputs, State>(
  guarded: Guarded<Inputs, State>,
  { id, inputs, before }: { id: string; inputs: Inputs; before: State | undefined },
  apply: () => Promise<State>,
): Promise<State> {
  const { name, seconds } = guarded;
  const logins = guarded.logins(inputs, before);
  const place = placeOf(guarded, id);
  const host = transportTo(logins.before);
  const deadline = await arm(guarded, { id, inputs, before });
  let state: State | undefined;
  try {
    state = await inTime(apply(), deadline, seconds).catch((error: unknown) => {
      if (error instanceof TooSlow) host.close();
      throw error;
    });
    await confirm(logins.after, place, deadline);
    return state;
  } catch (error) {
    const outcome = await goesBack(
      logins.before,
      place,
      deadline,
      isRefused(error) && keyOf(logins.before) === keyOf(logins.after),
    );
    // The timer was stopped, and the connection lost before we heard of it.
    if (outcome === "confirmed" && state !== undefined) return state;
    const said =
      outcome === "unknown"
        ? `The host puts itself back ${seconds} s after the change, and does not accept a login as before yet: ` +
          `look at \`journalctl -u ${place.unit}\` on its console.`
        : "The host was put back to what it was before.";
    throw new Error(`${name} on ${host.name}: ${messageOf(error, host)}. ${said}`, { cause: error });
  }
}

/** What went wrong, without the name of the host, which is said already. */
const messageOf = (error: unknown, { name }: Transport): string =>
  (error as Error).message.replace(new RegExp(`^${name.replaceAll(".", "\\.")}: `), "");

/** Keeps what is there, after a pending guard has brought it back, and starts the timer. @returns when it fires at the earliest */
export async function arm<Inputs, State>(
  guarded: Guarded<Inputs, State>,
  { id, inputs, before }: { id: string; inputs: Inputs; before: State | undefined },
): Promise<number> {
  const host = transportTo(guarded.logins(inputs, before).before);
  const place = placeOf(guarded, id);
  const { folder, unit, atBoot } = place;
  await host.script(GO_BACK, [folder, unit, WHY.interrupted]);
  const last = (await host.script(LAST, [folder])).trim();
  if (last !== "")
    warn(`${guarded.name} on ${host.name}: the host took the last change back, ${last}. It is tried again now.`);
  const revert = revertProgram(place, guarded.restore(inputs, before));
  await host.script(KEEP, [folder, ...(guarded.files?.(inputs, before) ?? [])], { stdin: revert });
  const save = guarded.save?.(inputs, before);
  if (save !== undefined)
    await host.script('cd "$1"; shift; exec sh -c "$@"', [`${folder}.new`, save.text, "vpai", ...(save.args ?? [])]);
  const started = Date.now();
  await host.script(ARM, [folder, unit, String(guarded.seconds), WHY.late(guarded.seconds), ...atBoot], {
    stdin: bootUnit(folder),
  });
  return started + guarded.seconds * 1000;
}

type Named = "name" | "folder" | "units";

function placeOf(
  { name, folder = "/var/lib/vpai/guard", units = "/etc/systemd/system" }: Pick<Guarded<never, never>, Named>,
  id: string,
): Place {
  const unit = `vpai-guard-${name}-${createHash("sha256").update(id).digest("hex").slice(0, 8)}`;
  const service = `${unit}-boot.service`;
  const atBoot = [`${units}/${service}`, `${units}/multi-user.target.wants/${service}`] as const;
  return { folder: `${folder}/${unit}`, unit, atBoot };
}

class TooSlow extends Error {}

/** A change that cuts our connection never ends: there is no answer any more. */
async function inTime<T>(change: Promise<T>, deadline: number, seconds: number): Promise<T> {
  let late: NodeJS.Timeout | undefined;
  const tooSlow = new Promise<never>((_resolve, reject) => {
    const fail = (): void => reject(new TooSlow(`expected the change within ${seconds} s, found it still under way`));
    late = setTimeout(fail, deadline - Date.now());
  });
  return Promise.race([change, tooSlow]).finally(() => clearTimeout(late));
}

/** Logs in anew and stops the timer. */
async function confirm(login: Connection, { folder, unit, atBoot }: Place, deadline: number): Promise<void> {
  const host = new Transport(login, Math.max(0, deadline - Date.now()));
  try {
    await host.script(DISARM, [folder, unit, ...atBoot]);
  } catch (error) {
    const late = error instanceof CommandError && error.answer.code === TOO_LATE;
    const found = late ? "one after the host had gone back" : (error as Error).message;
    throw new Error(`expected a login as ${host.name}:${login.port} after the change, found ${found}`, {
      cause: error,
    });
  } finally {
    host.close();
  }
}

/** Whether a login was refused by a host that answers. */
const isRefused = (error: unknown): boolean =>
  error instanceof SshRefused || (error instanceof Error && error.cause !== undefined && isRefused(error.cause));

/** Seconds between two logins that are refused: a host that bans whoever fails often would go on to do so when it has gone back. */
const REFUSED_PAUSE = 10;

/**
 * Lets the host go back at once or, where it does not let us in, waits until it has done so.
 * @param refused whether it has just refused this login, which it will do until then
 */
async function goesBack(
  login: Connection,
  { folder, unit }: Place,
  deadline: number,
  refused: boolean,
): Promise<"back" | "confirmed" | "unknown"> {
  for (let wait = refused; ;) {
    if (wait) await sleep(Math.max(0, deadline + 1000 - Date.now()));
    const host = new Transport(login, 0);
    try {
      await host.script(GO_BACK, [folder, unit, WHY.failed]);
      return (await host.run(["test", "-e", `${folder}.reverted`])).code === 0 ? "back" : "confirmed";
    } catch (error) {
      if (Date.now() > deadline + GRACE * 1000) return "unknown";
      wait = isRefused(error);
      await sleep(wait && Date.now() > deadline ? REFUSED_PAUSE * 1000 : 1000);
    } finally {
      host.close();
    }
  }
}
