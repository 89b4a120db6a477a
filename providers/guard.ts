import { setTimeout as sleep } from "node:timers/promises";
import { Deadline, inTime, TooSlow } from "./guard/deadline";
import {
  ARM,
  bootUnit,
  DISARM,
  GO_BACK,
  KEEP,
  LAST,
  RENEW,
  revertProgram,
  type Script,
  TOO_LATE,
  WHY,
} from "./guard/host-side";
import { type Place, placeOf } from "./guard/place";
import { type Connection, keyOf } from "./ssh/connection";
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
  /**
   * Seconds that a change may be under way that cannot be made within `seconds`: as long as it is, the host hears from us, and goes
   * back `seconds` after it did so last. Default: `seconds`.
   */
  longest?: number;
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

/** Seconds after the host's going back in which it has to accept a login as before. */
const GRACE = 30;

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
    state = await inTime(apply(), deadline, paceOf(guarded, place, host)).catch((error: unknown) => {
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

/** How many times the host hears of a change that is under way before it would go back. */
const SIGNS = 4;

const paceOf = (
  { seconds, longest = seconds }: Pick<Guarded<never, never>, "seconds" | "longest">,
  place: Place,
  host: Transport,
) => ({
  everySeconds: seconds / SIGNS,
  forSeconds: longest - seconds,
  renew: () => host.script(RENEW, [place.folder, place.unit]),
});

/** What went wrong, without the name of the host, which is said already. */
const messageOf = (error: unknown, { name }: Transport): string =>
  (error as Error).message.replace(new RegExp(`^${name.replaceAll(".", "\\.")}: `), "");

/** Keeps what is there, after a pending guard has brought it back, and starts the timer. @returns when it fires at the earliest */
export async function arm<Inputs, State>(
  guarded: Guarded<Inputs, State>,
  { id, inputs, before }: { id: string; inputs: Inputs; before: State | undefined },
): Promise<Deadline> {
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
  const deadline = new Deadline(guarded.seconds);
  await host.script(ARM, [folder, unit, String(guarded.seconds), WHY.late(guarded.seconds), ...atBoot], {
    stdin: bootUnit(folder),
  });
  return deadline;
}

/** Logs in anew and stops the timer. */
async function confirm(login: Connection, { folder, unit, atBoot }: Place, deadline: Deadline): Promise<void> {
  const host = new Transport(login, deadline.left);
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
  deadline: Deadline,
  refused: boolean,
): Promise<"back" | "confirmed" | "unknown"> {
  for (let wait = refused; ;) {
    if (wait) await sleep(Math.max(0, 1000 - deadline.past));
    const host = new Transport(login, 0);
    try {
      await host.script(GO_BACK, [folder, unit, WHY.failed]);
      return (await host.run(["test", "-e", `${folder}.reverted`])).code === 0 ? "back" : "confirmed";
    } catch (error) {
      if (deadline.past > GRACE * 1000) return "unknown";
      wait = isRefused(error);
      await sleep(wait && deadline.past > 0 ? REFUSED_PAUSE * 1000 : 1000);
    } finally {
      host.close();
    }
  }
}
