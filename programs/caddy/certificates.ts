import { readFileSync } from "node:fs";
import path from "node:path";
import type { ServiceContext } from "../../model/context";
import type { HostJob } from "../../model/job";
import { sitesOf } from "./routes";

const FOLDER = "/run/certificates";
const SCRIPT = `${FOLDER}/certificates.sh`;
const HOSTNAMES = `${FOLDER}/hostnames`;

/** Where the job finds the gateway's data, and leaves its figures for the host's collector. */
const STORAGE = "/run/certificates-of";
const METRICS = "/run/metrics";

/** What a gateway's job needs to know of it. */
export interface CertificatesArgs {
  /** The gateway's name, which its data folder has too. */
  gateway: string;
  /** Folder of the certificates, below the gateway's data. */
  folder: string;
  answersDomain: boolean;
}

const hostnames = (context: ServiceContext, answersDomain: boolean): string[] =>
  [...new Set(sitesOf(context, answersDomain).map(({ hostname }) => hostname))].sort();

/** Tells each hour how long the certificates of a gateway's sites are good; Caddy itself tells nobody. */
export const certificatesJob = ({ gateway, folder, answersDomain }: CertificatesArgs): HostJob => ({
  in: "host",
  name: "certificates",
  purpose: "How long the certificates of the sites are good",
  schedule: "hourly",
  argv: ["/bin/sh", SCRIPT, `${STORAGE}/${folder}`, HOSTNAMES, METRICS],
  overdueAfter: 3 * 3600,
  user: { uid: 0, gid: 0 },
  // The certificates may be another user's.
  sandbox: { CapabilityBoundingSet: "CAP_DAC_READ_SEARCH" },
  limits: { memoryMiB: 32, cpus: 0.2 },
  needed: (context) => hostnames(context, answersDomain).length > 0,
  files: (context) => [
    { path: SCRIPT, content: readFileSync(path.join(__dirname, "certificates.sh"), "utf8") },
    { path: HOSTNAMES, content: `${hostnames(context, answersDomain).join("\n")}\n` },
  ],
  hostMounts: [{ source: gateway, target: STORAGE }],
  data: [{ path: METRICS, directory: "metrics", backup: { kind: "none", reason: "jobs write their figures anew" } }],
});
