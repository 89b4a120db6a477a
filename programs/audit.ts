import { readFileSync } from "node:fs";
import path from "node:path";
import type { Accepted } from "../model/audit";
import type { ServiceContext } from "../model/context";
import { type CheckedValue, type Checklist, withOwn } from "../model/hardening/checked";
import { ROOT_BY_KEY, SSHD } from "../model/hardening/sshd";
import { SYSCTL } from "../model/hardening/sysctl";
import type { HostJob } from "../model/job";
import type { PlatformHost } from "../model/platform";

/** Where the job finds its files, and leaves its figures for the host's collector. */
const FOLDER = "/etc/audit";
const METRICS = "/run/metrics";

const HOUR = 3_600;

/** What a host's platform knows that the checklist does not. */
interface Known {
  /** Exceptions of the platform. */
  accepted: readonly Accepted[];
  /** Values of the host's own, in place of the checklist's. */
  host: Pick<PlatformHost, "sshd" | "sysctl">;
}

const linesOf = (
  kind: string,
  checklist: Checklist,
  own: Readonly<Record<string, string | false | undefined>> = {},
): string[] =>
  Object.entries<CheckedValue>(checklist).map(([name, checked]) => {
    const { value, accepts = [] } = withOwn(checked, own[name]);
    return [kind, name, value, ...accepts, ...(name === "PermitRootLogin" ? [ROOT_BY_KEY] : [])].join(" ");
  });

const SOCKET = "/docker-socket";

/** What a host is to be like, as far as it can tell by itself; `make audit` knows the rest. */
const expectationsOf = ({ host }: ServiceContext, { accepted, host: own }: Known): string =>
  [
    `host ${host}`,
    ...linesOf("sshd", SSHD, own.sshd?.options),
    ...linesOf("sysctl", SYSCTL, own.sysctl),
    ...accepted
      .filter(({ check, subject }) => check === "hardening" && subject.endsWith(SOCKET))
      .map(({ subject }) => `socket ${subject.slice(0, -SOCKET.length)}`),
    "",
  ].join("\n");

/**
 * Looks each night whether a host is still as hard as the checklist has it, and has nothing that is not the platform's
 * (docs/audit.md#every-night).
 */
export const auditJob = (context: ServiceContext, known: Known): HostJob => ({
  in: "host",
  name: `audit-${context.host}`,
  purpose: "Whether the host is as hard as it is to be",
  schedule: "*-*-* 04:30:00",
  argv: ["/bin/sh", `${FOLDER}/nightly.sh`, `${FOLDER}/expected`, "{folder}", METRICS],
  overdueAfter: 50 * HOUR,
  environment: () => ({ DOCKER_CONFIG: "/tmp", PATH: "/usr/sbin:/usr/bin:/sbin:/bin" }),
  // Secrets are others'; it reads their rights, and nothing in them.
  sandbox: { CapabilityBoundingSet: "CAP_DAC_READ_SEARCH" },
  user: { uid: 0, gid: 0 },
  limits: { memoryMiB: 64, cpus: 0.25 },
  files: (all) => [
    {
      path: `${FOLDER}/nightly.sh`,
      content: readFileSync(path.join(__dirname, "audit/nightly.sh"), "utf8"),
      validate: ["/bin/sh", "-n", "{}"],
    },
    { path: `${FOLDER}/expected`, content: expectationsOf(all, known) },
  ],
  data: [{ path: METRICS, directory: "metrics", backup: { kind: "none", reason: "jobs write their figures anew" } }],
});
