import { type ContainerJob, type HostJob, type Job, JOB_LIMITS, JOB_TIMEOUT } from "../../model/job";
import { METRICS_FOLDER } from "../../model/monitoring";
import { isContainer } from "../../model/run";
import { type ContainerService, type JobOwner, networksOf } from "../../model/service";
import { tellingOf, tokenOf, watchedJobs, watcherOf } from "../../model/watch";
import { containerSpec } from "../container/spec";
import { ownershipLabels } from "../docker/ownership";
import { type WorkloadSpec, workloadSpec, type SecretSpec, type SpecPlace } from "../workload/spec";
import { startOf } from "../workload/start";
import { commandOf, type Directive, environed, limited, mounted, sandboxed, section } from "../unit/directives";
import { marks } from "../unit/spec";
import { runArguments } from "./docker-run";

/** A job with all that belongs to it, apart from the host that runs it. */
export interface JobSpec extends WorkloadSpec {
  name: string;
  /** `uid:gid` that it runs as. */
  user: string;
  schedule: string;
  /** Image of one in a container. */
  image?: string;
  /** Lines by which its files are known as this stack's. */
  marks: readonly string[];
  /** Text of the service's file. @param image what the engine knows the image by; a host's job has none */
  service: (image: string) => string;
  /** Text of the timer's file. */
  timer: string;
  /** How it tells whoever watches from outside; undefined for a job that does not, or that nobody listens to. */
  telling: SecretSpec | undefined;
}

/** Folder of the host, below the platform's, with what all jobs are run by. */
export const SCRIPTS_FOLDER = "jobs";

/** What a job is on its host: pure, and the same for every host. */
export function jobSpec(job: Job, owner: JobOwner, place: SpecPlace): JobSpec {
  const { name, schedule, user = owner.user } = job;
  const { command, directives, workload, image } =
    job.in === "container" ? inContainer(job, owner, place) : onHost(job, owner, place);
  const labels = { ...ownershipLabels(place.owner), "dev.vpai.service": owner.name, "dev.vpai.job": name };
  const telling = tellingFile(job, place);
  return {
    name,
    user: `${user.uid}:${user.gid}`,
    schedule,
    ...(image === undefined ? {} : { image }),
    marks: marks(labels),
    ...workload,
    telling,
    service: (known) => serviceFile(job, owner, { place, labels, directives, telling, command: command(known) }),
    timer: [
      ...marks(labels),
      section("Unit", [["Description", `When ${name} runs`]]),
      section("Timer", [
        ["OnCalendar", schedule],
        // What was missed while the host was off is made up for.
        ["Persistent", "yes"],
        ["AccuracySec", "1s"],
      ]),
      section("Install", [["WantedBy", "timers.target"]]),
    ].join("\n"),
  };
}

/** How a job runs: its command, and what the unit adds to it. */
interface Running {
  command: (image: string) => readonly string[];
  directives: readonly Directive[];
  workload: WorkloadSpec;
  image?: string;
}

/** Of root alone: the job itself has no need of it. */
function tellingFile({ name, watched = false }: Job, { context, folder }: SpecPlace): SecretSpec | undefined {
  const watcher = watched ? watcherOf(context) : undefined;
  if (watcher === undefined) return undefined;
  const tells = watchedJobs(context).some(({ host, job }) => host === context.host && job.name === name);
  if (!tells) return undefined;
  return {
    name: "watcher",
    path: `${folder}/secrets/${name}/watcher`,
    declaration: watcher.key,
    render: (key) => tellingOf(watcher, context, tokenOf(key, name)),
  };
}

/** What a job's own part of its service's file is made of. */
interface ServiceParts extends Pick<JobSpec, "telling"> {
  place: SpecPlace;
  labels: Record<string, string>;
  directives: readonly Directive[];
  command: readonly string[];
}

function serviceFile(
  { name, purpose, retries = { count: 0, backoff: 1 }, timeout = JOB_TIMEOUT }: Job,
  owner: JobOwner,
  { place, labels, directives, telling, command }: ServiceParts,
): string {
  const scripts = `${place.folder}/${SCRIPTS_FOLDER}`;
  const run = [
    "/bin/sh",
    `${scripts}/run`,
    String(retries.count + 1),
    String(retries.backoff),
    String(timeout),
    ...command,
  ];
  const report = ["/bin/sh", `${scripts}/report`, `${place.folder}/${METRICS_FOLDER}`, name, owner.name];
  const tell = telling === undefined ? [] : [["/bin/sh", `${scripts}/tell`, telling.path, name]];
  return [
    ...marks(labels),
    section("Unit", [
      ["Description", purpose],
      ["Wants", "network-online.target"],
      ["After", "network-online.target docker.service"],
    ]),
    section("Service", [
      ["Type", "oneshot"],
      ["ExecStart", commandOf(run)],
      // With the rights of root: the job has none to write there.
      ...[report, ...tell].map((after): Directive => ["ExecStopPost", `+${commandOf(after)}`]),
      // Each try has a limit of its own.
      ["TimeoutStartSec", "infinity"],
      ...directives,
    ]),
  ].join("\n");
}

function onHost(job: HostJob, owner: JobOwner, place: SpecPlace): Running {
  const { limits = JOB_LIMITS, sandbox, user = owner.user, image } = job;
  const workload = workloadSpec(job, place);
  const { entrypoint = [], command = [] } = startOf({ ...job, entrypoint: job.argv }, place.exists);
  return {
    workload,
    ...(image === undefined ? {} : { image }),
    command: (known) => [...entrypoint, ...command].map((argument) => placed(argument, place, known)),
    directives: [
      ["User", String(user.uid)],
      ["Group", String(user.gid)],
      ...environed(workload.environment),
      ...mounted(workload.mounts),
      ...limited(limits),
      ...sandboxed(sandbox),
    ],
  };
}

/** An argument of a job on the host, with what the host has in the place of its names. */
const placed = (argument: string, { folder, prefix }: SpecPlace, image: string): string =>
  argument.replaceAll("{folder}", folder).replaceAll("{prefix}", prefix).replaceAll("{image}", image);

/** A throw-away container, described as a service's is. */
function inContainer(job: ContainerJob, owner: JobOwner, place: SpecPlace): Running {
  const { limits = JOB_LIMITS, networks = networksOf(owner), argv, hostMounts, user = owner.user } = job;
  const { run } = owner;
  const image = job.image ?? (run !== undefined && isContainer(run) ? run.image : "");
  const described: ContainerService = {
    ...job,
    name: job.name,
    group: owner.group,
    user,
    run: { image, networks, entrypoint: argv, ...(hostMounts === undefined ? {} : { hostMounts }) },
    limits,
    health: { test: [] },
  };
  const spec = containerSpec(described, place);
  return { workload: spec, image, command: (known) => runArguments(spec, known), directives: [] };
}
