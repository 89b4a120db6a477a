import type { CommandRunner } from "../ssh/transport";
import type { Container, HealthResult } from "./container";

/** Restarts by Docker that make a crash loop. Its pauses grow from 0.1 s, so a program that ends at once is there in 10 s. */
const CRASH_LOOP = 5;

/** The same for a program that takes longer to end, where another version waits to serve: restarts, after seconds. */
const SLOW_CRASH_LOOP = { restarts: 2, seconds: 15 };

/** A shell's exit codes for a command that is no program, or that it did not find. */
const NO_COMMAND = [126, 127];

/** How the engine's own attempt to execute a command ends, before the reason. */
const REFUSED = /^OCI runtime exec failed: .*?(?=exec: ")/s;

/** Counts the engine's notes that the kernel ended a process of a container; it keeps its last 256 events. */
const OUT_OF_MEMORY = `docker events --since "$2" --until "$(date +%s)" --filter "container=$1" --filter event=oom --format x | wc -l`;

/**
 * Why a container will not become healthy any more, however long it is watched.
 * @param seconds that it has been watched
 * @param urgent whether another version waits to serve
 * @param turned whether it was seen in another condition before: a verdict of the engine's is then none on what ran before
 * @returns undefined while it still may
 */
export async function verdictOn(
  host: CommandRunner,
  found: Container,
  { seconds, urgent, turned }: { seconds: number; urgent: boolean; turned: boolean },
): Promise<string | undefined> {
  if (found.RestartCount > 0 || found.State.OOMKilled === true) {
    const memory = await outOfMemory(host, found);
    if (memory !== undefined) return memory;
  }
  const check = missingCheck(found);
  if (check !== undefined) return check;
  if (urgent && turned && failsItsCheck(found)) return unhealthy(found);
  const slow = urgent && seconds >= SLOW_CRASH_LOOP.seconds && found.RestartCount >= SLOW_CRASH_LOOP.restarts;
  return slow || found.RestartCount >= CRASH_LOOP ? crashLoop(found) : undefined;
}

/** The engine calls one that has just ended unhealthy, too, though no check of it failed. */
const failsItsCheck = ({ State: { Status, Health }, RestartCount }: Container): boolean =>
  Status === "running" && RestartCount === 0 && Health?.Status === "unhealthy" && (Health.FailingStreak ?? 0) > 0;

/** The engine's own verdict: the start period is over, and then the check failed as often as it may (docs/decisions/health-gate.md). */
function unhealthy({ State: { Health } }: Container): string {
  const said = Health?.Log?.at(-1)?.Output.trim() ?? "";
  return `that Docker calls it unhealthy: its start period is over, and its health check failed ${Health?.FailingStreak ?? 0} times in a row${said && `, the last time with: ${said}`}`;
}

function crashLoop({ RestartCount, State }: Container): string {
  // A program that runs again has no exit code: Docker then says 0.
  const code = State.Status === "running" ? "" : `, with exit code ${State.ExitCode}`;
  return `a crash loop: its program ended ${RestartCount + (code === "" ? 0 : 1)} times${code}`;
}

/** The kernel ends a container's process where its use has reached the limit, which therefore is its peak. */
export async function outOfMemory(host: CommandRunner, found: Container): Promise<string | undefined> {
  const { Memory = 0 } = found.HostConfig;
  if (Memory === 0) return undefined;
  const { stdout } = await host.run(["sh", "-c", OUT_OF_MEMORY, "vpai", found.Id, found.Created]);
  const kills = Math.max(Number(stdout) || 0, found.State.OOMKilled === true ? 1 : 0);
  if (kills === 0) return undefined;
  const limit = `${Math.round(Memory / 2 ** 20)} MiB`;
  return `that it is out of memory: the kernel ended its program ${kills === 1 ? "once" : `${kills} times`}, at a peak of ${limit} with a limit of ${limit}`;
}

/** A health check that cannot be executed, twice in a row: there is no such command in the image, or it is no program. */
function missingCheck({ State }: Container): string | undefined {
  const last = (State.Health?.Log ?? []).slice(-2);
  if (last.length < 2 || !last.every(neverRan)) return undefined;
  const said = last[1]?.Output.trim().replace(REFUSED, "") ?? "";
  return `that its health check cannot be run, since its command is not in the image or is no program: ${said}`;
}

const neverRan = ({ ExitCode, Output }: HealthResult): boolean =>
  NO_COMMAND.includes(ExitCode) || (ExitCode === -1 && REFUSED.test(Output));
