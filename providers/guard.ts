import { createHash } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type { Connection } from "./ssh/connection";
import { commandLine, quote } from "./ssh/quote";
import { CommandError, Transport, transportTo } from "./ssh/transport";

/**
 * For a kind whose change may lock us out: the host itself brings back what was there before, unless a login after the
 * change says that it works. A timer of systemd does so, which a killed run cannot stop and a reboot ends.
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
}

/** Seconds after the host's going back in which it has to accept a login as before. */
const GRACE = 30;

/** Brings back what a run that was interrupted has left pending; its timer could do so only later. */
const GO_BACK = `[ -e "$1/revert" ] || exit 0
systemctl stop "$2.timer" 2>/dev/null || :
exec systemd-run --quiet --collect --wait --unit "$2-now" sh "$1/revert"`;

/** Keeps files in a new folder. Standard input is the program that brings them back. */
const KEEP = `set -eu
folder=$1; shift
umask 077; rm -rf "$folder.new" "$folder.reverted"; mkdir -p "$folder.new"; cd "$folder.new"
cat > revert; : > absent; tar --create --file files.tar --files-from /dev/null
for file; do
  if [ -e "$file" ] || [ -L "$file" ]; then tar --append --absolute-names --file files.tar -- "$file"
  else printf '%s\\n' "$file" >> absent; fi
done`;

/** A timer fires up to a minute late when it is not told to be accurate. */
const ARM = `set -eu
mv "$1.new" "$1"; sync "$1/revert" "$1/files.tar"
systemd-run --quiet --collect --unit "$2" --on-active "$3s" --timer-property AccuracySec=100ms --property Type=oneshot sh "$1/revert"`;

/** The lock decides who was first, we or the timer. */
const DISARM = `set -eu
exec 9>"$1.lock"; flock 9
[ -e "$1/revert" ] || exit 44
systemctl stop "$2.timer" 2>/dev/null || :
rm -rf "$1"`;

/** Exit code of DISARM when the host has gone back already. */
const TOO_LATE = 44;

/** The program that brings back what was kept, and ends the guard. What fails leaves the folder for the next run. */
const revertProgram = ({ folder }: Place, { text, args = [] }: Script): string => `set -eu
exec 9>${quote(`${folder}.lock`)}; flock 9
[ -e ${quote(`${folder}/revert`)} ] || exit 0
cd ${quote(folder)}
while IFS= read -r file; do rm -f -- "$file"; done < absent
tar --extract --absolute-names --file files.tar
${commandLine(["sh", "-c", text, "vpai", ...args])} 9>&-
cd /; : > ${quote(`${folder}.reverted`)}; rm -rf ${quote(folder)}
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
    const outcome = await goesBack(logins.before, place, deadline);
    // The timer was stopped, and the connection lost before we heard of it.
    if (outcome === "confirmed" && state !== undefined) return state;
    const said =
      outcome === "unknown"
        ? `The host puts itself back ${seconds} s after the change, and does not accept a login as before yet: ` +
          `look at \`journalctl -u ${place.unit}\` on its console.`
        : "The host was put back to what it was before.";
    throw new Error(`${name} on ${host.name}: ${(error as Error).message}. ${said}`, { cause: error });
  }
}

/** Keeps what is there, after a pending guard has brought it back, and starts the timer. @returns when it fires at the earliest */
export async function arm<Inputs, State>(
  guarded: Guarded<Inputs, State>,
  { id, inputs, before }: { id: string; inputs: Inputs; before: State | undefined },
): Promise<number> {
  const host = transportTo(guarded.logins(inputs, before).before);
  const place = placeOf(guarded, id);
  const { folder, unit } = place;
  await host.script(GO_BACK, [folder, unit]);
  const revert = revertProgram(place, guarded.restore(inputs, before));
  await host.script(KEEP, [folder, ...(guarded.files?.(inputs, before) ?? [])], { stdin: revert });
  const save = guarded.save?.(inputs, before);
  if (save !== undefined)
    await host.script('cd "$1"; shift; exec sh -c "$@"', [`${folder}.new`, save.text, "vpai", ...(save.args ?? [])]);
  const started = Date.now();
  await host.script(ARM, [folder, unit, String(guarded.seconds)]);
  return started + guarded.seconds * 1000;
}

function placeOf(
  { name, folder = "/var/lib/vpai/guard" }: Pick<Guarded<never, never>, "name" | "folder">,
  id: string,
): Place {
  const unit = `vpai-guard-${name}-${createHash("sha256").update(id).digest("hex").slice(0, 8)}`;
  return { folder: `${folder}/${unit}`, unit };
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
async function confirm(login: Connection, { folder, unit }: Place, deadline: number): Promise<void> {
  const host = new Transport(login, Math.max(0, deadline - Date.now()));
  try {
    await host.script(DISARM, [folder, unit]);
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

/** Lets the host go back at once or, where it does not let us in, waits until it has done so. */
async function goesBack(
  login: Connection,
  { folder, unit }: Place,
  deadline: number,
): Promise<"back" | "confirmed" | "unknown"> {
  for (;;) {
    const host = new Transport(login, 0);
    try {
      await host.script(GO_BACK, [folder, unit]);
      return (await host.run(["test", "-e", `${folder}.reverted`])).code === 0 ? "back" : "confirmed";
    } catch {
      if (Date.now() > deadline + GRACE * 1000) return "unknown";
      await sleep(1000);
    } finally {
      host.close();
    }
  }
}
