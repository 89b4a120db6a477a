import { output, type Resource } from "@pulumi/pulumi";
import { type HostImage, type RemoteDirectory, RemoteFile, SystemdJob } from "@vpai/providers";
import type { Job } from "../../model/job";
import { METRICS_FOLDER } from "../../model/monitoring";
import { HOST_ITSELF, type JobOwner, jobsOf, type Service } from "../../model/service";
import type { Preparation } from "../preparation";
import { validation } from "../container/file-checks";
import { pulledImage } from "../container/image";
import type { FileSpec } from "../workload/spec";
import { type Check, configFile, dataFolder, type FileOwner, secretFile } from "../workload/files";
import type { HostContext } from "../host-context";
import type { RunningService, ServiceArgs } from "../running-service";
import { REPORT, RUN, TELL } from "./scripts";
import { type JobSpec, jobSpec, SCRIPTS_FOLDER } from "./spec";
import { type VisitedHosts, visiting } from "./visits";

/** Whose a job is, as a resource, and after what it is put on its host. */
interface Placement {
  owner: JobOwner;
  parent: Resource;
  after: readonly Resource[];
}

/** Jobs of a host and of its services: each a service and a timer of systemd, with its files and what runs it. */
export class Jobs {
  private readonly scripts = new Map<string, RemoteFile>();

  constructor(
    private readonly host: HostContext,
    private readonly parent: Resource,
  ) {}

  /** Jobs of a service that is healthy. @param running the service */
  start(service: Service, running: RunningService, args: Pick<ServiceArgs, "context" | "preparation">): SystemdJob[] {
    const placement = { owner: service, parent: running, after: [running.gate] };
    return jobsOf(service, args.context).map((job) => this.job(job, placement, args));
  }

  /** Jobs of the host itself. @param hosts that they may visit */
  startOwn(
    jobs: readonly Job[],
    hosts: VisitedHosts,
    args: Pick<ServiceArgs, "context" | "preparation">,
  ): SystemdJob[] {
    const { host, parent } = this;
    return jobs.map((job) => {
      const { known, files } = visiting(job, { host, parent, hosts, context: args.context });
      for (const file of files) args.preparation.add(file, file.writtenAt);
      return this.job(known, { owner: HOST_ITSELF, parent, after: files }, args);
    });
  }

  private job(
    job: Job,
    { owner, parent, after }: Placement,
    { context, preparation }: Pick<ServiceArgs, "context" | "preparation">,
  ): SystemdJob {
    const { host } = this;
    const spec = jobSpec(job, owner, {
      ...host,
      context,
      exists: (secret) => host.secrets.get(secret) !== undefined,
    });
    const resource = `${host.owner.host}/job/${job.name}`;
    const image = this.image(resource, spec, parent, preparation);
    const put = this.filesOf(spec, owner, {
      fileOwner: { resource, host, user: spec.user, parent },
      image: job.in === "container" ? image : undefined,
    });
    for (const file of put.files) preparation.add(file, file.writtenAt);
    return new SystemdJob(
      resource,
      {
        connection: host.connection,
        job: job.name,
        schedule: spec.schedule,
        service: output(image?.imageId ?? "").apply(spec.service),
        timer: spec.timer,
        marks: [...spec.marks],
        adopt: host.adopt,
        user: job.in === "host" ? spec.user : "0:0",
        metrics: `${host.folder}/${METRICS_FOLDER}`,
        overdueAfter: job.overdueAfter,
        labels: { name: job.name, service: owner.name },
      },
      {
        parent,
        dependsOn: [
          ...[...after, ...this.runners(), ...(spec.telling === undefined ? [] : [this.script("tell", TELL)])],
          ...[...put.files, ...put.folders, ...(image === undefined ? [] : [image])],
        ],
      },
    );
  }

  /** The files and folders of a job on its host; a folder of its service is there already. @param image that it runs in */
  private filesOf(
    spec: JobSpec,
    owner: JobOwner,
    { fileOwner, image }: { fileOwner: FileOwner; image: HostImage | undefined },
  ): { files: RemoteFile[]; folders: RemoteDirectory[] } {
    const ofService = new Set((owner.data ?? []).map(({ directory = owner.name }) => directory));
    return {
      folders: spec.data.filter(({ name }) => !ofService.has(name)).map((folder) => dataFolder(fileOwner, folder)),
      files: [
        ...spec.files.map((file) => configFile(fileOwner, file, checkOf(file, image))),
        ...spec.secrets.map((secret) => secretFile(fileOwner, secret)),
        ...(spec.telling === undefined ? [] : [secretFile({ ...fileOwner, user: "0:0" }, spec.telling)]),
      ],
    };
  }

  private image(
    resource: string,
    { image }: JobSpec,
    parent: Resource,
    preparation: Preparation,
  ): HostImage | undefined {
    if (image === undefined) return undefined;
    const pulled = pulledImage(image, { resource, host: this.host, parent });
    preparation.add(pulled, pulled.imageId);
    return pulled;
  }

  /** What runs every job of the host, and notes how that went. */
  private runners(): RemoteFile[] {
    return [this.script("run", RUN), this.script("report", REPORT)];
  }

  /** A script that jobs of the host share; there once the first of them needs it. */
  private script(name: string, content: string): RemoteFile {
    const { host, parent } = this;
    const known = this.scripts.get(name);
    if (known !== undefined) return known;
    const made = new RemoteFile(
      `${host.owner.host}/jobs/${name}`,
      { connection: host.connection, path: `${host.folder}/${SCRIPTS_FOLDER}/${name}`, content, mode: "0644" },
      { parent, hooks: host.beforeChange },
    );
    this.scripts.set(name, made);
    return made;
  }
}

/** A file's own check: in the job's image, or on the host itself. @param image that the job runs in */
function checkOf(file: FileSpec, image: HostImage | undefined): Check | undefined {
  const { validate } = file;
  if (validate === undefined) return undefined;
  if (image === undefined) return { argv: [...validate], after: [] };
  return { argv: validation(file, validate, image.reference), after: [image] };
}
