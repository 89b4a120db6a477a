import { labIdentity } from "../../../toolchain/lab-identity";
import { run, succeed } from "./run";

/** Runs `docker` on this machine's engine. @returns its standard output */
export const localDocker = async (...args: string[]): Promise<string> =>
  (await succeed(["docker", ...args])).stdout.trim();

/** What this machine's engine has of the lab of a copy, as `container <name>` and so on. */
export async function dockerObjectsOf(copy: string): Promise<string[]> {
  const { id, prefix } = labIdentity(copy);
  const listed = await Promise.all([
    list("container", ["ps", "--all", "--format", '{{.Names}}\t{{.Label "dev.vpai.lab"}}']),
    list("network", ["network", "ls", "--format", '{{.Name}}\t{{.Label "dev.vpai.lab"}}']),
    list("volume", ["volume", "ls", "--format", '{{.Name}}\t{{.Label "dev.vpai.lab"}}']),
  ]);
  return listed
    .flat()
    .flatMap(({ kind, name, lab }) => (lab === id || name.startsWith(prefix) ? [`${kind} ${name}`] : []));
}

async function list(kind: string, args: string[]): Promise<{ kind: string; name: string; lab: string }[]> {
  const lines = (await localDocker(...args)).split("\n").filter((line) => line !== "");
  return lines.map((line) => {
    const [name = "", lab = ""] = line.split("\t");
    return { kind, name, lab };
  });
}

/** Removes those, for a lab whose own `make down` is no longer to be had. */
export async function removeDockerObjectsOf(copy: string): Promise<void> {
  const remove: Record<string, string[]> = {
    container: ["rm", "--force", "--volumes"],
    network: ["network", "rm"],
    volume: ["volume", "rm"],
  };
  for (const object of await dockerObjectsOf(copy)) {
    const [kind = "", name = ""] = object.split(" ");
    await run(["docker", ...(remove[kind] ?? []), name]);
  }
}
