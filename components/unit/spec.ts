import type { UnitHealth } from "../../model/checks";
import { currentFolder, programFolder, type Program } from "../../model/program";
import { type Limits, unitOf, type UnitService } from "../../model/service";
import type { PublishedPort } from "../../model/site";
import { ownershipLabels } from "../docker/ownership";
import { configsOf, type FileSpec, type WorkloadSpec, workloadSpec, type SpecPlace } from "../workload/spec";
import { startOf } from "../workload/start";
import { commandOf, type Directive, environed, limited, mounted, sandboxed, section } from "./directives";

/** A systemd unit with all that belongs to it, apart from the host that runs it. */
export interface UnitSpec extends WorkloadSpec {
  name: string;
  /** Name of the unit: `<name>.service`, unless the service has another one. */
  unit: string;
  /** `uid:gid`. */
  user: string;
  /** Program and arguments. */
  argv: readonly string[];
  type: "exec" | "notify";
  /** Command that makes the program read its files again. Default: a restart. */
  reload?: readonly string[];
  program: Program;
  runtimes: readonly Program[];
  /** Marks it as ours. */
  labels: Readonly<Record<string, string>>;
  ports: readonly PublishedPort[];
  limits: Limits;
  sandbox: readonly Directive[];
  health: UnitHealth;
  /** Seconds that the program gets to stop. */
  stopTimeout: number;
}

/** What a service is as a systemd unit: pure, and the same for every host. */
export function unitSpec(service: UnitService, place: SpecPlace): UnitSpec {
  const { name, run, user, limits, stopTimeout = 10, onChange = "restart" } = service;
  const exec = run.exec.map((argument) => filledIn(argument, service, place));
  const { entrypoint = [], command = [] } = startOf({ ...service, entrypoint: exec }, place.exists);
  const { hostMounts } = run;
  const workload = workloadSpec({ ...service, ...(hostMounts === undefined ? {} : { hostMounts }) }, place);
  const hosts = hostsFile(service, place);
  return {
    name,
    unit: unitOf(service),
    user: `${user.uid}:${user.gid}`,
    argv: [...entrypoint, ...command],
    type: run.type ?? "exec",
    ...(onChange !== "restart" && "reload" in onChange
      ? { reload: onChange.reload.map((one) => filledIn(one, service, place)) }
      : {}),
    program: run.program,
    runtimes: run.runtimes ?? [],
    labels: { ...ownershipLabels(place.owner), "dev.vpai.service": name },
    ports: run.publish ?? [],
    ...workload,
    files: [...workload.files, ...hosts],
    mounts: [
      ...workload.mounts,
      ...hosts.map(({ path: source, target }) => ({ kind: "config" as const, source, target, readOnly: true })),
    ],
    limits,
    sandbox: sandboxed(run.sandbox),
    health: healthOf(service, place),
    stopTimeout,
  };
}

/** How a unit is seen to work, on the host. */
export function healthOf(service: UnitService, place: Pick<SpecPlace, "folder">): UnitHealth {
  const { health } = service;
  return "test" in health ? { ...health, test: health.test.map((one) => filledIn(one, service, place)) } : health;
}

/** A unit's own /etc/hosts, where it has hostnames of its own; what the host's has beside its own name is not for it. */
function hostsFile(service: UnitService, { context, folder }: SpecPlace): FileSpec[] {
  const extra = Object.entries(service.extraHosts?.(context) ?? {});
  if (extra.length === 0) return [];
  const lines = [["127.0.0.1", "localhost"], ["::1", "localhost"], ...extra.map(([host, address]) => [address, host])];
  const content = lines.map((line) => `${line.join(" ")}\n`).join("");
  return [{ name: "hosts", path: `${configsOf(service, folder)}/hosts`, target: "/etc/hosts", content }];
}

/** Puts in folders of programs: of its own the one that is in use, of the others the version that is named. */
export function filledIn(
  argument: string,
  { run: { program, runtimes = [] } }: Pick<UnitService, "run">,
  { folder }: Pick<SpecPlace, "folder">,
): string {
  return runtimes.reduce(
    (text, runtime) => text.replaceAll(`{${runtime.name}}`, `${programFolder(folder, runtime)}/${runtime.version}`),
    argument.replaceAll(`{${program.name}}`, currentFolder(folder, program)),
  );
}

/** The text of a unit's file. */
export const unitFile = (spec: UnitSpec): string =>
  [
    ...marks(spec.labels),
    section("Unit", [
      ["Description", `${spec.name} ${spec.program.version}`],
      ["Wants", "network-online.target"],
      ["After", "network-online.target"],
      // It is started again for ever, as a container is; who watches it sees that it does not run.
      ["StartLimitIntervalSec", "0"],
    ]),
    section("Service", [
      ["Type", spec.type],
      ["ExecStart", commandOf(spec.argv)],
      ...(spec.reload === undefined ? [] : [["ExecReload", commandOf(spec.reload)] as const]),
      ["Restart", "always"],
      ["RestartSec", "2"],
      ["TimeoutStopSec", String(spec.stopTimeout)],
      ...serviceOf(spec),
    ]),
    section("Install", [["WantedBy", "multi-user.target"]]),
  ].join("\n");

/** What holds of a unit's program, however it is started. */
export const serviceOf = ({
  user,
  environment,
  mounts,
  limits,
  sandbox,
}: Pick<UnitSpec, "user" | "environment" | "mounts" | "limits" | "sandbox">): Directive[] => {
  const [uid = "", gid = ""] = user.split(":");
  return [["User", uid], ["Group", gid], ...environed(environment), ...mounted(mounts), ...limited(limits), ...sandbox];
};

/** Lines by which a unit's file is known as this stack's; one without them is never taken over or removed. */
export const marks = (labels: Readonly<Record<string, string>>): string[] =>
  Object.entries(labels).map(([label, value]) => `# ${label}=${value}`);
