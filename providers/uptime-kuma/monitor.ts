/** A website that is asked again and again. */
export interface Monitor {
  /** What people see; unique among ours. */
  name: string;
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
  /** False while somebody has paused it. */
  active: boolean;
}

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
}

/** By which we know ours, since names are anybody's to give: the description of each. */
export const OURS = "Kept by the deployment; what is changed here is set back.";

/** A kept monitor in our words. */
export const described = (kept: Kept): Monitor => ({
  name: kept.name,
  url: kept.url,
  status: Number(kept.accepted_statuscodes.join(",")),
  contains: kept.type === "keyword" ? (kept.keyword ?? "") : "",
  interval: kept.interval,
  anyCertificate: Boolean(kept.ignoreTls),
  active: Boolean(kept.active),
});

/**
 * A monitor in Uptime Kuma's words. What is sent becomes a row as it is, so all of a row is named: a field too few or too
 * many is an error (`server/model/monitor.js`). 2.0 wants `conditions`, which its development version does not know.
 */
export const row = (monitor: Monitor, version: string): object => ({
  type: monitor.contains === "" ? "http" : "keyword",
  name: monitor.name,
  description: OURS,
  url: monitor.url,
  method: "GET",
  interval: monitor.interval,
  retryInterval: monitor.interval,
  resendInterval: 0,
  maxretries: 1,
  timeout: Math.floor(monitor.interval * 0.8),
  keyword: monitor.contains,
  invertKeyword: false,
  ignoreTls: monitor.anyCertificate,
  upsideDown: false,
  expiryNotification: false,
  // The redirect itself is the right answer where one is expected.
  maxredirects: 0,
  accepted_statuscodes: [String(monitor.status)],
  notificationIDList: {},
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
