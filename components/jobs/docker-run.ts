import { JOB_PROCESSES } from "../../model/job";
import type { ContainerSpec } from "../container/spec";

/** What was left of a run that was killed goes first; then the client becomes the job. */
const RUN = 'docker rm --force "$1" >/dev/null 2>&1; shift; exec docker run "$@"';

/** A command that runs a specification once, in a container that goes with it. @param image what the engine knows it by */
export function runArguments(spec: ContainerSpec, image: string): string[] {
  const { name, hostname, user, environment, labels, networks, mounts, limits, extraHosts = {} } = spec;
  const { entrypoint = [], command = [] } = spec;
  const [program = "", ...rest] = [...entrypoint, ...command];
  const pairs = (option: string, values: readonly string[]): string[] => values.flatMap((value) => [option, value]);
  return [
    ...["/bin/sh", "-c", RUN, "job", name],
    ...["--rm", "--name", name, "--hostname", hostname, "--user", user],
    ...["--cap-drop", "ALL", "--security-opt", "no-new-privileges", "--log-driver", "none"],
    ...["--memory", `${limits.memoryMiB}m`, "--memory-swap", `${limits.memoryMiB}m`, "--cpus", String(limits.cpus)],
    ...["--pids-limit", String(JOB_PROCESSES)],
    ...pairs("--network", networks.length === 0 ? ["none"] : networks),
    ...pairs(
      "--add-host",
      Object.entries(extraHosts).map((entry) => entry.join(":")),
    ),
    ...pairs(
      "--label",
      Object.entries(labels).map((label) => label.join("=")),
    ),
    ...pairs("--env", environment),
    ...pairs(
      "--mount",
      mounts.map(
        ({ source, target, readOnly }) => `type=bind,source=${source},target=${target}${readOnly ? ",readonly" : ""}`,
      ),
    ),
    ...["--entrypoint", program, image, ...rest],
  ];
}
