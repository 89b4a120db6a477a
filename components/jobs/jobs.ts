import { interpolate, output, type Resource } from "@pulumi/pulumi";
import { HostImage, RemoteFile, SystemdJob } from "@vpai/providers";
import type { Job } from "../../model/job";
import { jobsOf, type Service } from "../../model/service";
import type { Preparation } from "../preparation";
import { validation } from "../container/file-checks";
import type { FileSpec } from "../filing";
import { type Check, configFile, dataFolder, type Filer, secretFile } from "../files";
import type { HostContext } from "../host-context";
import { loginFor } from "../machines/registry-logins";
import type { RunningService, ServiceArgs } from "../running-service";
import { REPORT, RUN } from "./scripts";
import { type JobSpec, jobSpec, METRICS_FOLDER, SCRIPTS_FOLDER } from "./spec";

/** Jobs of a host's services: each a service and a timer of systemd, with its files and what runs it. */
export class Jobs {
  private scripts: RemoteFile[] | undefined;

  constructor(
    private readonly host: HostContext,
    private readonly parent: Resource,
  ) {}

  /** Jobs of a service that is healthy. @param running the service */
  start(service: Service, running: RunningService, args: Pick<ServiceArgs, "context" | "preparation">): SystemdJob[] {
    return jobsOf(service, args.context).map((job) => this.job(job, service, running, args));
  }

  private job(
    job: Job,
    service: Service,
    running: RunningService,
    { context, preparation }: Pick<ServiceArgs, "context" | "preparation">,
  ): SystemdJob {
    const { host } = this;
    const spec = jobSpec(job, service, {
      ...host,
      context,
      exists: (secret) => host.secrets.get(secret) !== undefined,
    });
    const resource = `${host.owner.host}/job/${job.name}`;
    const filer: Filer = { resource, host, user: spec.user, parent: running };
    const image = this.image(resource, spec, running, preparation);
    // A folder of the service is there already.
    const own = spec.data.filter(
      ({ name }) => !(service.data ?? []).some(({ directory = service.name }) => directory === name),
    );
    const folders = own.map((folder) => dataFolder(filer, folder));
    const files = [
      ...spec.files.map((file) => configFile(filer, file, checkOf(file, image))),
      ...spec.secrets.map((secret) => secretFile(filer, secret)),
    ];
    for (const file of files) preparation.add(file, file.writtenAt);
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
        labels: { name: job.name, service: service.name },
      },
      {
        parent: running,
        dependsOn: [running.gate, ...this.runners(), ...files, ...folders, ...(image === undefined ? [] : [image])],
      },
    );
  }

  private image(
    resource: string,
    { image }: JobSpec,
    parent: Resource,
    preparation: Preparation,
  ): HostImage | undefined {
    if (image === undefined) return undefined;
    const { host } = this;
    const { digest, dependsOn } = host.machine.imageSource(image);
    const login = loginFor(image, host.machine.logins);
    const reference = digest === undefined ? image : interpolate`${image}@${digest}`;
    const pulled = new HostImage(
      `${resource}/image`,
      { connection: host.connection, reference, ...(login === undefined ? {} : { login }) },
      { parent, dependsOn, hooks: host.beforeChange },
    );
    preparation.add(pulled, pulled.imageId);
    return pulled;
  }

  /** What runs every job of the host, and notes how that went. */
  private runners(): RemoteFile[] {
    const { host, parent } = this;
    this.scripts ??= Object.entries({ run: RUN, report: REPORT }).map(
      ([name, content]) =>
        new RemoteFile(
          `${host.owner.host}/jobs/${name}`,
          { connection: host.connection, path: `${host.folder}/${SCRIPTS_FOLDER}/${name}`, content, mode: "0644" },
          { parent, hooks: host.beforeChange },
        ),
    );
    return this.scripts;
  }
}

/** A file's own check: in the job's image, or on the host itself. */
function checkOf(file: FileSpec, image: HostImage | undefined): Check | undefined {
  const { validate } = file;
  if (validate === undefined) return undefined;
  if (image === undefined) return { argv: [...validate], after: [] };
  return { argv: validation(file, validate, image.reference), after: [image] };
}
