import { LocalRunner } from "@vpai/providers";
import { labIdentity } from "./identity";

/** Docker's kinds of objects that the lab creates, in the order in which they can go. */
const KINDS = [
  { kind: "container", list: ["ps", "--all"], remove: ["rm", "--force", "--volumes"] },
  { kind: "network", list: ["network", "ls"], remove: ["network", "rm"] },
  { kind: "volume", list: ["volume", "ls"], remove: ["volume", "rm"] },
] as const;

/** Removes every Docker object that carries this checkout's lab label. @returns what was removed, in words */
export async function removeLab(): Promise<string[]> {
  const docker = new LocalRunner();
  const filter = ["--quiet", "--filter", `label=dev.vpai.lab=${labIdentity().id}`];
  const removed: string[] = [];
  for (const { kind, list, remove } of KINDS) {
    const ids = (await docker.output(["docker", ...list, ...filter])).split("\n").filter((id) => id !== "");
    for (const id of ids) await docker.output(["docker", ...remove, id]);
    removed.push(...ids.map((id) => `${kind} ${id}`));
  }
  return removed;
}
