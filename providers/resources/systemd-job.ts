import type { Kind } from "../implementation";
import { resourceOf } from "../resource";
import type { Connection } from "../ssh/connection";
import { type Transport, transportTo } from "../ssh/transport";
import { expectOurs, factsOf, isOurs, removeUnits, UNITS, unitText, writeUnit } from "../systemd/unit";
import { ensureUser, removeUser } from "../systemd/user";

/** A job of a host: a service that its timer starts. */
interface SystemdJobInputs {
  connection: Connection;
  /** Name of both: `<job>.service` and `<job>.timer`. */
  job: string;
  /** When it runs, as the timer has it: looked at before anything is changed. */
  schedule: string;
  /** Text of the service's file. */
  service: string;
  /** Text of the timer's file. */
  timer: string;
  /** Lines of both files by which they are known as this stack's. */
  marks: string[];
  /** Whether units of the same name that are not this stack's may be replaced. Default in the resource: they may not. */
  adopt: boolean;
  /** `uid:gid` that it runs as; made known to the host where it is not. */
  user: string;
  /** Folder of the host's metrics in Prometheus' text format. */
  metrics: string;
  /** Seconds since the last success after which the job is overdue. */
  overdueAfter: number;
  /** Labels of the job's metrics. */
  labels: Record<string, string>;
  /** That it waits for its time, from the host's start on. */
  condition: "waiting";
}

interface SystemdJobState extends Omit<SystemdJobInputs, "condition"> {
  condition: string;
}

/** Tells when a job counts as overdue, and from when on one that has never succeeded. Arguments: folder, job, labels, seconds. */
export const DECLARE = `set -eu
mkdir -p "$1"; file=$1/job-$2.declared.prom
since=$(sed -n 's/^job_declared_timestamp_seconds{.*} //p' "$file" 2>/dev/null || true)
for metric in "job_declared_timestamp_seconds \${since:-$(date +%s)}" "job_overdue_after_seconds $4"; do
  printf '# TYPE %s gauge\\n%s{%s} %s\\n' "\${metric% *}" "\${metric% *}" "$3" "\${metric#* }"
done >"$1/.job-$2.declared.new"
chmod 0644 "$1/.job-$2.declared.new"; mv -f "$1/.job-$2.declared.new" "$file"`;

const systemdJobKind: Kind<SystemdJobInputs, SystemdJobState> = {
  version: 1,
  identity: ["job"],
  // What it found foreign once is ours from then on.
  transient: ["adopt"],
  title: ({ job, connection }) => `job ${job} on ${connection.host}`,
  async ensure(inputs) {
    const { job, adopt, marks, metrics, labels } = inputs;
    const host = transportTo(inputs.connection);
    const [service, timer] = unitsOf(job);
    if (!adopt) for (const unit of [service, timer]) expectOurs(host, unit, await unitText(host, unit), marks);
    await expectSchedule(host, inputs);
    await ensureUser(host, inputs.user, job);
    await writeUnit(host, service, inputs.service);
    await writeUnit(host, timer, inputs.timer);
    const said = Object.entries(labels).map(([name, value]) => `${name}="${value}"`);
    await host.script(DECLARE, [metrics, job, said.join(","), String(inputs.overdueAfter)]);
    await host.output(["systemctl", "daemon-reload"]);
    await host.output(["systemctl", "enable", "--quiet", "--", timer]);
    await host.output(["systemctl", "restart", "--", timer]);
    return inputs;
  },
  async observe(state) {
    const host = transportTo(state.connection);
    const [service, timer] = unitsOf(state.job);
    const [serviceText, timerText] = await Promise.all([unitText(host, service), unitText(host, timer)]);
    if (serviceText === undefined && timerText === undefined) return undefined;
    const { enabled, activeState, dropIns } = await factsOf(host, timer);
    const changed = `${dropIns}${(await factsOf(host, service)).dropIns}`;
    const found = !enabled ? "disabled" : activeState === "active" ? "waiting" : activeState;
    return {
      ...state,
      service: serviceText ?? "",
      timer: timerText ?? "",
      condition: changed === "" ? found : `${found}, changed by ${changed}`,
    };
  },
  async remove({ connection, job, marks, metrics, user }) {
    const host = transportTo(connection);
    const [service, timer] = unitsOf(job);
    const texts = await Promise.all([unitText(host, service), unitText(host, timer)]);
    if (texts.every((text) => text === undefined || isOurs(text, marks))) await removeUnits(host, [timer, service]);
    await host.output(["rm", "-f", "--", `${metrics}/job-${job}.prom`, `${metrics}/job-${job}.declared.prom`]);
    await removeUser(host, user, UNITS);
  },
};

const unitsOf = (job: string): [service: string, timer: string] => [`${job}.service`, `${job}.timer`];

/** @throws when systemd does not understand when it is to run */
async function expectSchedule(host: Transport, { job, schedule }: SystemdJobInputs): Promise<void> {
  const { code, stderr } = await host.run(["systemd-analyze", "calendar", "--", schedule]);
  if (code !== 0)
    throw new Error(
      `job ${job}: expected a time as systemd writes it (OnCalendar, e.g. \`*-*-* 03:30:00\`), found "${schedule}": ${stderr.trim()}`,
    );
}

/** A job that a timer of systemd starts at its times. */
export class SystemdJob extends resourceOf(systemdJobKind, {
  type: "vpai/host:SystemdJob",
  name: "systemdJob",
  defaults: { adopt: false, condition: "waiting" },
  outputs: {},
}) {}
