import { LEFT_HOSTS } from "../../config/left-hosts";
import { type Choice, choiceOf } from "../scope/choice";
import { type Left, leftOf } from "../scope/left";
import { expectPassphrase } from "../secrets/passphrase";
import { plannedResources, stateResources } from "../scope/plan";
import { type Away, awayOf } from "./probe";
import { reportOf } from "./report";
import { hostsOf, type StackHost } from "./stack";

type Hosts = Readonly<Record<string, StackHost>>;

/** A command that runs the engine on what can be reached. */
export interface ReachingRun {
  stack: string;
  command: "up" | "refresh" | "down";
  /** What limits the run. Default: nothing does. */
  given?: { HOST?: string | undefined; SERVICE?: string | undefined };
  /** Which hosts have to be reached. Default: all. */
  reaches?: (host: StackHost) => boolean;
  /**
   * Runs the engine.
   * @param leaving tells, once the stack is held, by which arguments it leaves something; undefined: it is not to run
   * @returns its exit code
   */
  run: (leaving: () => Promise<string[] | undefined>) => Promise<number>;
}

/**
 * Runs the engine on all of a stack, or on what it is limited to, but for hosts that cannot be reached; where one goes away
 * meanwhile, once more without it. Says at the end what was deferred.
 * @returns the engine's exit code; where that is 0, 1 when a host is away that should not be
 */
export async function runReaching({ stack, command, given = {}, reaches, run }: ReachingRun): Promise<number> {
  const hosts = await hostsOf(stack);
  // What is wrong with the stack's file, the program says.
  if (hosts === undefined) return run(() => Promise.resolve([]));
  await expectPassphrase(stack);
  const choice = choiceOf(given, servicesOf(hosts));
  let known = filtered(hosts, (_name, host) => reaches?.(host) ?? true);
  let away = await awayOf(known, command === "up");
  for (;;) {
    known = filtered(known, (name) => away.every((one) => one.name !== name));
    let left: Left | undefined;
    const code = await run(async () => {
      left = await leftBy(command, stack, { hosts: Object.keys(hosts), choice, away });
      return left === undefined ? [] : left.all ? undefined : excluding(left.urns);
    });
    const gone = code === 0 ? [] : await awayOf(known, false);
    if (gone.length === 0) return ended(code, { stack, command }, deferredHosts(hosts, away, left), left);
    console.error(`\n${gone.map(({ name }) => name).join(", ")} went away meanwhile: once more, without it.`);
    away = [...away, ...gone];
  }
}

/** Names of the services of each host. */
export const servicesOf = (hosts: Hosts): Record<string, readonly string[]> =>
  Object.fromEntries(Object.entries(hosts).map(([name, { services }]) => [name, services]));

const filtered = (hosts: Hosts, keep: (name: string, host: StackHost) => boolean): Hosts =>
  Object.fromEntries(Object.entries(hosts).filter(([name, host]) => keep(name, host)));

/** What a run leaves; undefined where it leaves nothing. Tells the program, too. */
export async function leftBy(
  command: ReachingRun["command"],
  stack: string,
  scope: { hosts: readonly string[]; choice: Choice | undefined; away: readonly Pick<Away, "name">[] },
): Promise<Left | undefined> {
  const away = scope.away.map(({ name }) => name);
  process.env[LEFT_HOSTS] = away.join(" ");
  if (away.length === 0 && scope.choice === undefined) return undefined;
  const makes = command === "up";
  const all = await (makes ? plannedResources(stack) : stateResources(stack));
  const left = leftOf(all, { ...scope, away, makes });
  process.env[LEFT_HOSTS] = left.hosts.join(" ");
  return left;
}

/** Options that make the engine leave resources. */
export const excluding = (urns: Iterable<string>): string[] => [...urns].flatMap((urn) => ["--exclude", urn]);

const deferredHosts = (hosts: Hosts, away: readonly Away[], left: Left | undefined) =>
  away
    .filter(({ name }) => left?.away.includes(name) ?? true)
    .map((one) => ({
      ...one,
      unreachable: hosts[one.name]?.unreachable ?? ("fail" as const),
      changes: left?.changes.get(one.name) ?? 0,
    }));

function ended(
  code: number,
  run: Pick<ReachingRun, "stack" | "command">,
  hosts: ReturnType<typeof deferredHosts>,
  left: Left | undefined,
): number {
  const report = reportOf({ ...run, hosts, waiting: left?.waiting ?? [] });
  if (report !== "") console.error(report);
  return code === 0 && hosts.some(({ unreachable }) => unreachable === "fail") ? 1 : code;
}
