import { z } from "zod";
import { parseJson } from "../../model/foreign-json";
import type { CommandRunner } from "../ssh/transport";
import { labelsSchema, stopAndRemove } from "./container";
import { PREVIOUS_LABEL } from "./last-healthy";

/** A Docker object that is about to be created. */
export interface Leftover {
  kind: "container" | "network";
  name: string;
  /** The labels that it will carry: an object with the same ones is ours. */
  labels: Record<string, string>;
  /** Whether an object of somebody else may be replaced. Its data folders stay. */
  adopt: boolean;
}

/** A container, or a network: it has no state. */
const inspectedSchema = z.object({
  Id: z.string(),
  State: z.object({ Status: z.string() }).exactOptional(),
  Config: z.object({ Labels: labelsSchema }).exactOptional(),
  Labels: labelsSchema.exactOptional(),
});

type Inspected = z.infer<typeof inspectedSchema>;

/**
 * Removes what stands under the name of an object that is about to be created. Ours is a leftover of an interrupted
 * run, or the previous version that serves because a new one failed: the state knows neither.
 * @returns what was removed, in words; undefined when the name is free
 * @throws when the object is not ours and `adopt` is not set
 */
export async function removeLeftover(
  runner: CommandRunner,
  { kind, name, labels, adopt }: Leftover,
): Promise<string | undefined> {
  const found = (await inspect(runner, kind, name))[0];
  if (found === undefined) return undefined;
  const foreign = Object.entries(labels).filter(([label, value]) => labelsOf(found)[label] !== value);
  if (foreign.length > 0 && !adopt) {
    throw new Error(
      `a ${kind} named ${name} exists on ${runner.name} and is not this stack's (expected the labels ` +
        `${foreign.map(([label, value]) => `${label}=${value}`).join(", ")}). Rename or remove it, or set \`vpai:adopt\` to true ` +
        "to have it replaced; its data folders stay.",
    );
  }
  if (found.State === undefined) await removeNetwork(runner, name, found.Id);
  else await stopAndRemove(runner, { Id: found.Id, State: found.State });
  const state = found.State === undefined ? "" : `, ${found.State.Status}`;
  return foreign.length > 0 ? `adopted${state}` : `${origin(found)}${state}`;
}

/** One in use stays: taking it away would cut off whoever uses it. */
async function removeNetwork(runner: CommandRunner, name: string, id: string): Promise<void> {
  const answer = await runner.run(["docker", "network", "rm", id]);
  if (answer.code === 0) return;
  if (!answer.stderr.includes("active endpoints"))
    throw new Error(`${runner.name}: docker network rm ${name} failed: ${answer.stderr.trim()}`);
  const users = await runner.output([
    ...["docker", "network", "inspect", "--format", "{{range .Containers}}{{.Name}} {{end}}", id],
  ]);
  throw new Error(
    `${runner.name}: expected the network ${name} as it is described, or unused, found another one under its name, used by ${users.trim()}. ` +
      "The state does not know it: bring the newest state back (make state-restore), or stop these containers and run up again.",
  );
}

/** How one of ours came to stand there. */
function origin(found: Inspected): string {
  if (PREVIOUS_LABEL in labelsOf(found)) return "the previous version, which served since a new one failed";
  return found.State?.Status === "running"
    ? "unknown to the state (which was lost or set back, or whose run was interrupted; its data stays)"
    : "left by an interrupted run";
}

const labelsOf = (found: Inspected): Record<string, string> => found.Config?.Labels ?? found.Labels ?? {};

async function inspect(runner: CommandRunner, kind: string, name: string): Promise<Inspected[]> {
  const answer = await runner.run(["docker", kind, "inspect", name], { reads: true });
  const what = `the description of the ${kind} ${name} by the engine on ${runner.name}`;
  if (answer.code === 0) return parseJson(z.array(inspectedSchema), answer.stdout, what);
  if (/no such|not found/i.test(answer.stderr)) return [];
  throw new Error(`${runner.name}: docker ${kind} inspect ${name} failed: ${answer.stderr.trim()}`);
}
