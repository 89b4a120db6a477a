import { CERTIFICATE_LEFT, FULL } from "../../programs/alloy/alerts";
import type { Declared } from "./declared/declared";
import type { SeenCondition } from "./look/seen";

/** One thing that a person wants to know before he changes a host. */
export interface SafetyRow {
  /** A host, or this machine. */
  where: string;
  check: string;
  found: string;
  /** What to do; undefined where it is as it has to be. */
  mend?: string;
}

/** Seconds that a host's clock may be wrong: certificates, tokens and logs go by it. */
const CLOCK_OFF = 5;

/** Processes per processor that may want to run over 5 minutes. */
const LOAD = 2;

const GIB = 1_048_576;

/** What the look at a host is compared with. */
export interface Moment {
  /** Seconds since 1970 on this machine, before and after the host told its own. */
  asked: number;
  now: number;
  /** Name of the host's job of backups; undefined where it has none. */
  backupJob: string | undefined;
  /** Whether sshd answers at the address that the world has, without the VPN. */
  sshOutside: boolean;
}

/** How a host does, in the order in which one would look. */
export function safetyOf(declared: Declared, seen: SeenCondition, moment: Moment): SafetyRow[] {
  const row = (check: string, found: string, mend?: string | false): SafetyRow => ({
    where: declared.host,
    check,
    found,
    ...(mend === undefined || mend === false ? {} : { mend }),
  });
  return [
    row(
      "ssh fallback",
      moment.sshOutside
        ? "answers without the VPN"
        : `${declared.publicAddress} does not answer on port ${declared.connection.port}`,
      !moment.sshOutside && "let sshd answer there, or keep the provider's console at hand",
    ),
    ...disksOf(seen).map(({ found, isFull, folder }) =>
      row(`disk of ${folder}`, found, isFull && "docs/runbook.md#a-disk-is-full"),
    ),
    memoryOf(seen, row),
    row(
      "load",
      `${seen.load[1] ?? 0} over 5 minutes, ${seen.processors} processors`,
      (seen.load[1] ?? 0) > LOAD * seen.processors && "see what works there: make ssh CMD='top -bn1', and wait",
    ),
    row(
      "engine",
      seen.engineAnswers ? "answers" : "does not answer",
      !seen.engineAnswers && "journalctl -u docker on the host",
    ),
    row(
      "failed units",
      seen.failedUnits.join(", ") || "none",
      seen.failedUnits.length > 0 && "journalctl -u <unit> on the host; then systemctl reset-failed",
    ),
    ...backupOf(seen, moment, row),
    ...certificatesOf(seen, moment, row),
    ...vpnOf(declared, seen, row),
    clockOf(declared, seen, moment, row),
    rebootOf(seen, row),
  ];
}

type Row = (check: string, found: string, mend?: string | false) => SafetyRow;

function disksOf({ disks }: SeenCondition): { folder: string; found: string; isFull: boolean }[] {
  // Folders of one disk are told once.
  const byDisk = new Map(
    disks.map((disk) => [`${disk.sizeKiB} ${disk.freeKiB} ${disk.inodes}`, disk]).reverse() as [
      string,
      (typeof disks)[number],
    ][],
  );
  return [...byDisk.values()].reverse().map(({ folder, freeKiB, sizeKiB, freeInodes, inodes }) => {
    const isFull =
      freeKiB < (1 - FULL.disk) * sizeKiB || (freeInodes !== undefined && freeInodes < (1 - FULL.disk) * inodes);
    const files = freeInodes === undefined ? "" : `, ${Math.round((100 * freeInodes) / inodes)} % of its inodes`;
    return { folder, found: `${(freeKiB / GIB).toFixed(1)} of ${(sizeKiB / GIB).toFixed(1)} GiB free${files}`, isFull };
  });
}

function memoryOf({ memory: { totalKiB, availableKiB } }: SeenCondition, row: Row): SafetyRow {
  const isFull = availableKiB < (1 - FULL.memory) * totalKiB;
  const found = `${Math.round(availableKiB / 1024)} of ${Math.round(totalKiB / 1024)} MiB available`;
  return row("memory", found, isFull && "docs/runbook.md#memory-runs-out");
}

/** `2 h`, `3 d`. */
const span = (seconds: number): string =>
  seconds < 3600
    ? `${Math.max(0, Math.round(seconds / 60))} min`
    : seconds < 172_800
      ? `${Math.round(seconds / 3600)} h`
      : `${Math.round(seconds / 86_400)} d`;

function backupOf({ metrics }: SeenCondition, { now, backupJob }: Moment, row: Row): SafetyRow[] {
  if (backupJob === undefined) return [];
  const of = (name: string): number | undefined =>
    [...metrics].find(([series]) => series.startsWith(`${name}{name="${backupJob}"`))?.[1];
  const success = of("job_last_success_timestamp_seconds");
  const overdue = of("job_overdue_after_seconds") ?? 0;
  if (success === undefined) return [row("backup", "none yet", `make run JOB=${backupJob}`)];
  return [row("backup", `${span(now - success)} old`, now - success > overdue && `make run JOB=${backupJob}`)];
}

function certificatesOf({ metrics }: SeenCondition, { now }: Moment, row: Row): SafetyRow[] {
  const AFTER = "certificate_not_after_timestamp_seconds";
  const certificates = [...metrics].flatMap(([series, after]) => {
    const [, hostname] = new RegExp(`^${AFTER}\\{hostname="([^"]*)"`).exec(series) ?? [];
    const from = metrics.get(series.replace(AFTER, "certificate_not_before_timestamp_seconds"));
    return hostname === undefined || from === undefined ? [] : [{ hostname, left: after - now, life: after - from }];
  });
  const [first] = [...certificates].sort((one, other) => one.left / one.life - other.left / other.life);
  if (first === undefined) return [];
  const found = `${first.hostname} for ${span(first.left)} more, the ${certificates.length - 1} others longer`;
  return [
    row("certificates", found, first.left < CERTIFICATE_LEFT * first.life && "docs/runbook.md#a-certificate-expires"),
  ];
}

function vpnOf({ vpnAddress }: Declared, { vpn }: SeenCondition, row: Row): SafetyRow[] {
  if (vpnAddress === undefined && vpn === undefined) return [];
  return [row("VPN", vpn ?? "no node", vpn !== "Running" && "journalctl -u tailscaled on the host")];
}

function clockOf({ ownsKernel }: Declared, { clock }: SeenCondition, { asked, now }: Moment, row: Row): SafetyRow {
  const off = Math.round(Math.max(0, clock.seconds - now) + Math.min(0, clock.seconds - asked));
  if (Math.abs(off) > CLOCK_OFF)
    return row("clock", `${Math.abs(off)} s ${off > 0 ? "fast" : "slow"}`, "timedatectl on the host");
  // A container has the clock of the machine that it runs on, and sets none.
  const isSet = clock.isSynchronized || !ownsKernel;
  return row("clock", isSet ? "right" : "right, and nobody sets it", !isSet && "timedatectl set-ntp true on the host");
}

function rebootOf({ reboot, kernel: { running, installed } }: SeenCondition, row: Row): SafetyRow {
  const why =
    reboot ??
    (installed === "" || installed === running ? undefined : `kernel ${installed} is installed, ${running} runs`);
  return row(
    "reboot",
    why === undefined ? "none is due" : `due: ${why || "the system asks for it"}`,
    why !== undefined && "plan one: its services are away meanwhile",
  );
}
