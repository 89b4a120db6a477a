import { setTimeout as sleep } from "node:timers/promises";
import type { CommandRunner } from "../ssh/transport";
import { conditionOf, type Container, inspectContainer } from "./container";
import type { EngineHost } from "./engine/api";
import { engineOf } from "./retrying-host";
import { outOfMemory, verdictOn } from "./verdict";

/** How patiently a container is watched until it is taken for healthy. */
export interface Patience {
  /** Looks before giving up. */
  tries: number;
  /** Seconds between two looks; the first ones come quicker. */
  interval: number;
  /** Seconds that it has to stay healthy before it counts. */
  settle: number;
}

/** Seconds between two looks at a container that has to stay healthy. */
const SETTLE_INTERVAL = 2;

/** Failed health checks in a row that make a container unhealthy, where its health check does not say: Docker's default. */
const RETRIES = 3;

/** Seconds that a health check may take where it does not say: Docker's default. */
const TIMEOUT = 30;

/** How often the engine may be restarted meanwhile; each time the watching begins anew. */
const ENGINES = 3;

/**
 * Watches a container until it is healthy, and for a while longer when asked to. Where the engine was restarted meanwhile,
 * with all containers, what was found says nothing of the program.
 * @returns undefined when it is; otherwise what was found instead, in words
 */
export async function becomesHealthy(
  host: EngineHost,
  container: string,
  patience: Patience,
): Promise<string | undefined> {
  let engine = await engineOf(host);
  for (let count = 1; ; count += 1) {
    const found = await watch(host, container, patience);
    const now = found === undefined ? engine : await engineOf(host);
    if (now === engine || count > ENGINES) return found;
    engine = now;
  }
}

async function watch(
  host: CommandRunner,
  container: string,
  { tries, interval, settle }: Patience,
): Promise<string | undefined> {
  let condition = "unknown";
  let seconds = 0;
  let turned = false;
  for (let attempt = 1; attempt <= tries; attempt += 1) {
    const found = await inspectContainer(host, container);
    condition = found === undefined ? "missing" : conditionOf(found);
    if (found !== undefined && condition === "healthy") return staysHealthy(host, found, settle);
    const watched = { seconds, urgent: settle > 0, turned };
    const verdict = found === undefined ? undefined : await verdictOn(host, found, watched);
    if (verdict !== undefined) return verdict;
    turned ||= condition !== "unhealthy";
    // The first looks come quickly, since most containers are healthy within seconds.
    const pause = Math.min(attempt, interval);
    if (attempt < tries) await sleep(1000 * pause);
    seconds += pause;
  }
  return `"${condition}" after ${tries} looks, ${interval} s apart`;
}

/** Docker asks a healthy container too rarely to notice in time, so its health check is run here, every 2 seconds. */
async function staysHealthy(host: CommandRunner, healthy: Container, settle: number): Promise<string | undefined> {
  const { Test: [kind, ...test] = [], Timeout = 0, Retries = 0 } = healthy.Config.Healthcheck ?? {};
  const argv = kind === "CMD-SHELL" ? ["sh", "-c", ...test] : test;
  const check = ["timeout", String(Timeout / 1e9 || TIMEOUT), "docker", "exec", healthy.Id, ...argv];
  let failures = 0;
  for (let passed = 0; passed < settle || failures > 0; passed += SETTLE_INTERVAL) {
    await sleep(1000 * SETTLE_INTERVAL);
    const now = await inspectContainer(host, healthy.Id);
    if (now?.State.StartedAt !== healthy.State.StartedAt || now.State.Status !== "running") {
      const memory = now === undefined ? undefined : await outOfMemory(host, now);
      return memory ?? `that it was healthy, and that its program ended within ${passed + SETTLE_INTERVAL} s of that`;
    }
    failures = (await host.run(check, { reads: true })).code === 0 ? 0 : failures + 1;
    if (failures >= (Retries || RETRIES))
      return `that it was healthy, and that its health check failed ${failures} times in a row within ${passed + SETTLE_INTERVAL} s of that`;
  }
  return undefined;
}
