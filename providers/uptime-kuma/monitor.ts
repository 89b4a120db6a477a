import { OURS } from "./ours";

/** What is looked at, or waited for, again and again. */
interface Watched {
  /** What people see; unique among ours. */
  name: string;
  /** False while somebody has paused it. */
  active: boolean;
  /** Whether the deployment's notification tells of it. Default: nobody is told. */
  calls?: true;
}

/** A website that is asked again and again. */
export interface Monitor extends Watched {
  /** Whole address. */
  url: string;
  /** HTTP status of the right answer. */
  status: number;
  /** What the right answer's body holds. Empty: anything. */
  contains: string;
  /** Seconds between two requests. */
  interval: number;
  /** Whether a certificate of an authority that nobody knows will do. */
  anyCertificate: boolean;
}

/** A job that tells by itself, under a token of its own, how each run ended. */
export interface JobMonitor extends Watched {
  /** Seconds without a word after which it has failed. */
  interval: number;
}

/** The least and the most seconds that a monitor may have as its interval (`src/util.js`). */
export const INTERVALS = { least: 20, most: 24 * 86_400 };

/** A monitor as Uptime Kuma keeps it, as far as we use it. */
export interface Kept {
  id: number;
  name: string;
  description: string | null;
  url: string;
  type: string;
  keyword: string | null;
  interval: number;
  ignoreTls: boolean | number;
  active: boolean | number;
  accepted_statuscodes: string[];
  pushToken: string | null;
  /** Numbers of the notifications that tell of it. */
  notificationIDList: Record<string, boolean>;
}

/** Whether the deployment keeps it. */
export const isOurs = ({ description }: Kept): boolean => description === OURS;

/** Whether it is a job's. */
export const isPush = ({ type }: Kept): boolean => type === "push";

/** What a monitor says of itself whatever it watches. @param notifications numbers of ours */
const watched = ({ name, active, notificationIDList }: Kept, notifications: readonly number[]): Watched => ({
  name,
  active: Boolean(active),
  ...(notifications.some((id) => notificationIDList[id] === true) ? { calls: true as const } : {}),
});

/** A kept monitor of a job in our words. @param notifications numbers of ours */
export const jobDescribed = (kept: Kept, notifications: readonly number[]): JobMonitor => ({
  ...watched(kept, notifications),
  interval: kept.interval,
});

/** A kept monitor of a website in our words. @param notifications numbers of ours */
export const described = (kept: Kept, notifications: readonly number[]): Monitor => ({
  ...watched(kept, notifications),
  url: kept.url,
  status: Number(kept.accepted_statuscodes.join(",")),
  contains: kept.type === "keyword" ? (kept.keyword ?? "") : "",
  interval: kept.interval,
  anyCertificate: Boolean(kept.ignoreTls),
});

/** What a row depends on beside the monitor. */
interface Program {
  version: string;
  /** Numbers of the notifications that are to tell of it, as {@link Kept} has them. */
  notificationIDList: Record<string, boolean>;
}

/** A monitor of a website in Uptime Kuma's words. */
export const row = (monitor: Monitor, program: Program): object => ({
  ...common(monitor, program),
  type: monitor.contains === "" ? "http" : "keyword",
  url: monitor.url,
  retryInterval: monitor.interval,
  maxretries: 1,
  timeout: Math.floor(monitor.interval * 0.8),
  keyword: monitor.contains,
  ignoreTls: monitor.anyCertificate,
  // The redirect itself is the right answer where one is expected.
  maxredirects: 0,
  accepted_statuscodes: [String(monitor.status)],
});

/** A monitor of a job in Uptime Kuma's words. @param token by which the job is known */
export const jobRow = (monitor: JobMonitor, token: string, program: Program): object => ({
  ...common(monitor, program),
  type: "push",
  pushToken: token,
  // The first word of a failure counts: the job has made its tries.
  maxretries: 0,
  retryInterval: INTERVALS.least,
  // Asked for of every kind: the program's own defaults.
  timeout: 48,
  ignoreTls: false,
  maxredirects: 10,
  accepted_statuscodes: ["200-299"],
});

/**
 * What is sent becomes a row as it is, so all of a row is named: a field too few or too many is an error
 * (`server/model/monitor.js`). 2.0 wants `conditions`, which its development version does not know.
 */
const common = ({ name, interval }: Monitor | JobMonitor, { version, notificationIDList }: Program): object => ({
  name,
  description: OURS,
  method: "GET",
  interval,
  resendInterval: 0,
  invertKeyword: false,
  upsideDown: false,
  expiryNotification: false,
  notificationIDList,
  parent: null,
  proxyId: null,
  authMethod: null,
  httpBodyEncoding: "json",
  dns_resolve_type: "A",
  dns_resolve_server: "1.1.1.1",
  kafkaProducerBrokers: [],
  kafkaProducerSaslOptions: { mechanism: "None" },
  ...(version.includes("-dev.") ? {} : { conditions: [] }),
});
