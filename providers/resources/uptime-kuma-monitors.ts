import { isDeepStrictEqual } from "node:util";
import type { HttpServer } from "../docker/http";
import type { Kind } from "../implementation";
import { resourceOf } from "../resource";
import type { Connection } from "../ssh/connection";
import { Unreadable } from "../unreadable";
import { described, type Kept, type Monitor, OURS, row } from "../uptime-kuma/monitor";
import { type Account, inSession, type Session } from "../uptime-kuma/session";

/** All that a deployment has an Uptime Kuma watch; what people add beside it is theirs. */
export interface UptimeKumaMonitorsInputs {
  connection: Connection;
  server: HttpServer & Account;
  /** Sorted by name. */
  monitors: Monitor[];
}

export const uptimeKumaMonitorsKind: Kind<UptimeKumaMonitorsInputs> = {
  version: 1,
  identity: [],
  id: ({ server }) => `${server.container}:monitors`,
  title: ({ server, connection }) => `the monitors in ${server.container} on ${connection.host}`,
  check: ({ monitors }) => {
    const names = monitors.map(({ name }) => name);
    const twice = names.find((name, index) => names.indexOf(name) !== index);
    return twice === undefined
      ? []
      : [{ property: "monitors", reason: `expected a name for each monitor alone, found ${twice} twice` }];
  },
  async ensure(inputs) {
    await watching(inputs, (session, kept, version) => bring(session, inputs.monitors, kept, version));
    return inputs;
  },
  observe: (state) =>
    watching(state, (_session, kept) => Promise.resolve({ ...state, monitors: kept.map(described).sort(byName) })),
  remove: (state) => watching(state, (session, kept) => bring(session, [], kept, "")),
};

const byName = (one: Monitor, other: Monitor): number => (one.name < other.name ? -1 : 1);

/** Runs `work` with the monitors that are ours, and the program's version, which it tells after the login. */
const watching = <T>(
  inputs: UptimeKumaMonitorsInputs,
  work: (session: Session, kept: Kept[], version: string) => Promise<T>,
): Promise<T> =>
  inSession(inputs, async (session) => {
    // Both may be told as soon as the login is through.
    const told = Promise.all([session.told<Record<string, Kept>>("monitorList"), versionOf(session)]);
    told.catch(() => undefined);
    const { server, connection } = inputs;
    if (!(await session.logIn(server)))
      throw new Unreadable(
        `${server.container} on ${connection.host}: expected to log in as ${server.user}, found another name or password`,
      );
    const [list, version] = await told;
    const ours = Object.values(list).filter(({ description }) => description === OURS);
    return work(session, ours, version);
  });

/** Before the login, 2.0 tells the same without a version. */
async function versionOf(session: Session): Promise<string> {
  for (;;) {
    const { version } = await session.told<{ version?: string }>("info");
    if (version !== undefined) return version;
  }
}

/** Changes only what differs; one that is there twice goes. */
async function bring(
  session: Session,
  wanted: readonly Monitor[],
  kept: readonly Kept[],
  version: string,
): Promise<void> {
  const first = new Map([...kept].reverse().map((one) => [one.name, one]));
  const names = new Set(wanted.map(({ name }) => name));
  for (const { id, name } of kept)
    if (!names.has(name) || first.get(name)?.id !== id) await session.must("deleteMonitor", id);
  for (const monitor of wanted) await one(session, monitor, first.get(monitor.name), version);
}

async function one(session: Session, monitor: Monitor, found: Kept | undefined, version: string): Promise<void> {
  if (found === undefined) return void (await session.must("add", row(monitor, version)));
  if (isDeepStrictEqual(described(found), monitor)) return;
  await session.must("editMonitor", { ...found, ...row(monitor, version), id: found.id });
  if (!found.active) await session.must("resumeMonitor", found.id);
}

/** What an Uptime Kuma on a host watches for a deployment: made, set back and taken away one by one. */
export class UptimeKumaMonitors extends resourceOf(uptimeKumaMonitorsKind, {
  type: "vpai/uptimekuma:Monitors",
  name: "uptimeKumaMonitors",
  outputs: {},
}) {}
