import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import path from "node:path";
import { report, withProgress } from "../../toolchain/progress";
import type { LabImage } from "./catalogue";
import { docker, imageId } from "./engine";
import { parseReference } from "../../images/reference";
import { imageCache } from "./storage";

/** How long a public registry may take to answer, in milliseconds: a network that drops packets must not stall a build. */
const probeTimeout = 3_000;

/** How long an answer holds for later runs, in milliseconds. */
const probeLifetime = 10 * 60_000;

/**
 * Pulls production's own image where its registry can be reached.
 * @returns its local name, or undefined when it must be built: it has no upstream, or none that can be pulled
 */
export async function pullUpstream(image: LabImage): Promise<string | undefined> {
  if (image.reference === undefined) return undefined;
  const { registry, tag } = parseReference(image.reference);
  const name = `vpai-lab/${image.name}:upstream-${tag}`;
  if ((await imageId(name)) !== undefined) return name;
  if (!(await isReachable(registry))) return undefined;
  try {
    await withProgress(`pulling ${image.reference}`, () => docker("pull", "--quiet", image.reference ?? ""));
  } catch (error) {
    report(`${image.reference} cannot be pulled, it is built from packages instead: ${(error as Error).message}`);
    return undefined;
  }
  await docker("tag", image.reference, name);
  return name;
}

/** Whether a registry answers from this network; remembered for ten minutes. */
export async function isReachable(registry: string, memory = imageCache("reachable")): Promise<boolean> {
  const file = path.join(memory, `${registry}.json`);
  const remembered = recall(file);
  if (remembered !== undefined) return remembered;
  const reachable = await answers(registry === "docker.io" ? "registry-1.docker.io" : registry);
  mkdirSync(memory, { recursive: true });
  writeFileSync(`${file}.${process.pid}`, JSON.stringify({ reachable, at: Date.now() }));
  renameSync(`${file}.${process.pid}`, file);
  return reachable;
}

function recall(file: string): boolean | undefined {
  try {
    const { reachable, at } = JSON.parse(readFileSync(file, "utf8")) as { reachable: boolean; at: number };
    return Date.now() - at < probeLifetime ? reachable : undefined;
  } catch {
    return undefined;
  }
}

/** A registry answers the root of its API with 200, or with 401 where it wants a token first. */
async function answers(host: string): Promise<boolean> {
  try {
    const { status } = await fetch(`https://${host}/v2/`, { signal: AbortSignal.timeout(probeTimeout) });
    return status === 200 || status === 401;
  } catch {
    return false;
  }
}
