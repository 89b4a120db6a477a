import type { ContainerRun } from "../model/run";
import type { ContainerService } from "../model/service";

/** What differs from a service in order; `run` is added to its own. */
export type Over = Partial<Omit<ContainerService, "run">> & { run?: Partial<ContainerRun> };

/** A small service in order, for a test that is about one of its options. */
export const serviceWith = ({ run, ...over }: Over = {}): ContainerService => ({
  name: "one",
  group: "core",
  run: { image: "docker.io/library/one:1.0", networks: ["backend"], ...run },
  user: { uid: 1, gid: 1 },
  port: 80,
  limits: { memoryMiB: 100, cpus: 1 },
  health: { test: ["true"] },
  ...over,
});
