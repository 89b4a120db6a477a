import { LocalRunner } from "@vpai/providers";
import { labIdentity } from "../toolchain/lab-identity";

/** Docker's kinds of objects that the lab creates, in the order in which they can go. */
const KINDS = [
  { kind: "container", list: ["ps", "--all"], remove: ["rm", "--force", "--volumes"] },
  { kind: "network", list: ["network", "ls"], remove: ["network", "rm"] },
  { kind: "volume", list: ["volume", "ls"], remove: ["volume", "rm"] },
] as const;

type Kind = (typeof KINDS)[number];

const engine = new LocalRunner();

/** Removes every Docker object that carries this checkout's lab label. @returns what was removed, in words */
export async function removeLab(): Promise<string[]> {
  const removed: string[] = [];
  for (const kind of KINDS) {
    for (const id of await labelled(kind)) {
      await remove(kind, id);
      removed.push(`${kind.kind} ${id}`);
    }
  }
  return removed;
}

async function labelled({ list }: Kind): Promise<string[]> {
  const filter = ["--quiet", "--filter", `label=dev.vpai.lab=${labIdentity().id}`];
  return (await engine.output(["docker", ...list, ...filter])).split("\n").filter((id) => id !== "");
}

/** An engine that is still at an interrupted removal may be quicker. */
async function remove(kind: Kind, id: string): Promise<void> {
  try {
    await engine.output(["docker", ...kind.remove, id]);
  } catch (error) {
    if ((await labelled(kind)).includes(id)) throw error;
  }
}
