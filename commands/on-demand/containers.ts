import { becomesHealthy, GATE_PATIENCE, inspectContainer, lastLogLines, type RetryingHost } from "@vpai/providers";

/** Log lines that a service which does not become healthy is shown with: as its health gate does. */
const LINES = 30;

/** Starts containers one after another, each once the one before is healthy. @throws for one that is not there, or not healthy */
export async function startAll(host: RetryingHost, containers: readonly string[]): Promise<void> {
  for (const container of containers) {
    await expectThere(host, container);
    await host.output(["docker", "start", container]);
    const found = await becomesHealthy(host, container, { ...GATE_PATIENCE, settle: 0 });
    if (found !== undefined)
      throw new Error(
        `${container} is not healthy: found ${found}. Its last ${LINES} log lines:\n${await lastLogLines(host, container, LINES)}`,
      );
  }
}

/** Stops containers, the last one first. One that does not run stays as it is. @throws for one that is not there */
export async function stopAll(host: RetryingHost, containers: readonly string[]): Promise<void> {
  for (const container of [...containers].reverse()) {
    await expectThere(host, container);
    await host.output(["docker", "stop", container]);
  }
}

async function expectThere(host: RetryingHost, container: string): Promise<void> {
  if ((await inspectContainer(host, container)) === undefined)
    throw new Error(`expected a container ${container}, found none; run \`make up\``);
}
