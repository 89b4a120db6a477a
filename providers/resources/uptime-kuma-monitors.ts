import { isDeepStrictEqual } from "node:util";
import type { Kind } from "../implementation";
import { resourceOf } from "../resource";
import {
  described,
  INTERVALS,
  isOurs,
  isPush,
  jobDescribed,
  type JobMonitor,
  jobRow,
  type Kept,
  type Monitor,
  row,
} from "../uptime-kuma/monitor";
import { isOurs as isOurNotification } from "../uptime-kuma/notification";
import { asOwner, type Owned, type Told } from "../uptime-kuma/owner";
import type { Session } from "../uptime-kuma/session";

/** All that a deployment has an Uptime Kuma watch; what people add beside it is theirs. */
export interface UptimeKumaMonitorsInputs extends Owned {
  /** Websites, sorted by name. */
  monitors: Monitor[];
  /** Jobs, sorted by name. Default: none. */
  jobs?: JobMonitor[];
  /** By a job's name in `jobs`, what it is known by: 32 letters and digits. */
  tokens?: Record<string, string>;
}

export const uptimeKumaMonitorsKind: Kind<UptimeKumaMonitorsInputs> = {
  version: 1,
  identity: [],
  optional: ["jobs", "tokens"],
  id: ({ server }) => `${server.container}:monitors`,
  title: ({ server, connection }) => `the monitors in ${server.container} on ${connection.host}`,
  check: (inputs) => [...checkNames(inputs), ...checkJobs(inputs)],
  async ensure(inputs) {
    await asOwner(inputs, (session, told) => bring(session, inputs, told), Object.values(inputs.tokens ?? {}));
    return inputs;
  },
  observe: (state) => asOwner(state, (_session, told) => Promise.resolve({ ...state, ...observed(state, told) })),
  remove: (state) => asOwner(state, (session, told) => bring(session, { monitors: [] }, told)),
};

/** What is wrong with inputs, by property. */
type Faults = { property: "monitors" | "jobs" | "tokens"; reason: string }[];

function checkNames({ monitors, jobs = [] }: UptimeKumaMonitorsInputs): Faults {
  const names = [...monitors, ...jobs].map(({ name }) => name);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  return twice === undefined
    ? []
    : [{ property: "monitors", reason: `expected a name for each monitor alone, found ${twice} twice` }];
}

const checkJobs = ({ jobs = [], tokens = {} }: UptimeKumaMonitorsInputs): Faults =>
  jobs.flatMap(({ name, interval }): Faults => {
    const { [name]: token } = tokens;
    const { least, most } = INTERVALS;
    const found = token === undefined ? "none" : "another text";
    return [
      ...(/^[\da-zA-Z]{32}$/.test(token ?? "")
        ? []
        : [{ property: "tokens", reason: `expected 32 letters and digits for ${name}, found ${found}` } as const]),
      ...(interval >= least && interval <= most
        ? []
        : [
            { property: "jobs", reason: `expected ${least} to ${most} seconds, found ${interval} of ${name}` } as const,
          ]),
    ];
  });

const byName = (one: { name: string }, other: { name: string }): number => (one.name < other.name ? -1 : 1);

/** Numbers of the notifications that are ours. */
const numbersOf = ({ notifications }: Told): number[] => notifications.filter(isOurNotification).map(({ id }) => id);

/**
 * What is there, in the inputs' words. A state that says nothing of jobs goes on saying nothing while there is none, and one that knows
 * no tokens is given none: the engine encrypts what was encrypted before.
 */
function observed(
  { jobs, tokens }: UptimeKumaMonitorsInputs,
  told: Told,
): Pick<UptimeKumaMonitorsInputs, "monitors" | "jobs" | "tokens"> {
  const kept = told.monitors.filter(isOurs);
  const pushed = kept.filter(isPush).sort(byName);
  const numbers = numbersOf(told);
  return {
    monitors: kept
      .filter((one) => !isPush(one))
      .map((one) => described(one, numbers))
      .sort(byName),
    ...(jobs === undefined && pushed.length === 0 ? {} : { jobs: pushed.map((one) => jobDescribed(one, numbers)) }),
    ...(tokens === undefined
      ? {}
      : { tokens: Object.fromEntries(pushed.map(({ name, pushToken }) => [name, pushToken ?? ""])) }),
  };
}

/** One monitor as it is to be. */
interface Wanted {
  name: string;
  calls?: true;
  /** Whether a kept one is as it is to be. */
  isSameAs: (kept: Kept, numbers: readonly number[]) => boolean;
  row: (program: { version: string; notificationIDList: Record<string, boolean> }) => object;
}

const wantedSite = (monitor: Monitor): Wanted => ({
  ...monitor,
  isSameAs: (kept, numbers) => !isPush(kept) && isDeepStrictEqual(described(kept, numbers), monitor),
  row: (program) => row(monitor, program),
});

const wantedJob = (monitor: JobMonitor, token: string): Wanted => ({
  ...monitor,
  isSameAs: (kept, numbers) =>
    isPush(kept) && kept.pushToken === token && isDeepStrictEqual(jobDescribed(kept, numbers), monitor),
  row: (program) => jobRow(monitor, token, program),
});

/** Changes only what differs; one that is there twice goes. */
async function bring(
  session: Session,
  { monitors, jobs = [], tokens = {} }: Pick<UptimeKumaMonitorsInputs, "monitors" | "jobs" | "tokens">,
  told: Told,
): Promise<void> {
  const kept = told.monitors.filter(isOurs);
  const first = new Map([...kept].reverse().map((one) => [one.name, one]));
  const wanted = [...monitors.map(wantedSite), ...jobs.map((job) => wantedJob(job, tokens[job.name] ?? ""))];
  const names = new Set(wanted.map(({ name }) => name));
  for (const { id, name } of kept)
    if (!names.has(name) || first.get(name)?.id !== id) await session.must("deleteMonitor", id);
  for (const one of wanted) await make(session, one, first.get(one.name), told);
}

async function make(session: Session, wanted: Wanted, found: Kept | undefined, told: Told): Promise<void> {
  const numbers = numbersOf(told);
  if (wanted.calls === true && numbers.length === 0)
    throw new Error(
      `monitor ${wanted.name}: expected the deployment's notification, found that somebody took it away: make refresh, then make up`,
    );
  if (found !== undefined && wanted.isSameAs(found, numbers)) return;
  // People may have a monitor tell them beside.
  const theirs = Object.entries(found?.notificationIDList ?? {}).filter(([id]) => !numbers.includes(Number(id)));
  const ours = wanted.calls === true ? numbers.slice(0, 1).map((id): [string, boolean] => [String(id), true]) : [];
  const { version } = told;
  const sent = wanted.row({ version, notificationIDList: Object.fromEntries([...theirs, ...ours]) });
  if (found === undefined) return void (await session.must("add", sent));
  await session.must("editMonitor", { ...found, ...sent, id: found.id });
  if (!found.active) await session.must("resumeMonitor", found.id);
}

/** What an Uptime Kuma on a host watches for a deployment: made, set back and taken away one by one. */
export class UptimeKumaMonitors extends resourceOf(uptimeKumaMonitorsKind, {
  type: "vpai/uptimekuma:Monitors",
  name: "uptimeKumaMonitors",
  outputs: {},
}) {}
