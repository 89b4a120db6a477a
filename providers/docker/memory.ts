import type { CommandRunner } from "../ssh/transport";

/** Bytes of the units in which Docker's command line tells of memory. */
const UNITS: Record<string, number> = { B: 1, KiB: 2 ** 10, MiB: 2 ** 20, GiB: 2 ** 30, TiB: 2 ** 40 };

/** What a container's programs use of memory now, without files that the kernel could forget, in bytes. 0 when it does not run. */
async function memoryInUse(host: CommandRunner, container: string): Promise<number> {
  const stats = ["docker", "stats", "--no-stream", "--format", "{{.MemUsage}}", "--", container];
  const [, amount = "0", unit = "B"] = /^([\d.]+)(\w+)/.exec((await host.run(stats)).stdout) ?? [];
  return Number(amount) * (UNITS[unit] ?? 0);
}

/**
 * Refuses a memory limit below what a running container uses: an engine either cannot set it, or lets the kernel end the
 * program for it.
 * @param limit in MiB
 * @throws with what the container uses
 */
export async function expectMemoryFor(host: CommandRunner, container: string, limit: number): Promise<void> {
  const used = Math.ceil((await memoryInUse(host, container)) / 2 ** 20);
  if (used < limit) return;
  throw new Error(
    `${container} on ${host.name}: expected a memory limit above the ${used} MiB that it uses now, found ${limit} MiB. It ` +
      "keeps the limit that it had: choose a higher one, or see why the program uses so much.",
  );
}
