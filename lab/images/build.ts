import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import path from "node:path";
import { withLock } from "../../toolchain/lock";
import { labImage, type LabImage } from "./catalogue";
import { docker, imageId } from "./engine";
import { gatherMaterials } from "./materials";
import { buildArguments, buildEnvironment, debianMirror } from "./network";
import { builtReference, recipeDirectory, recipeHash } from "./recipe";
import { step } from "./step";
import { imageCache } from "./storage";
import { pullUpstream } from "./upstream";

/**
 * Makes sure that the local engine has an image: production's own where its registry can be reached, else the one built
 * from this recipe. Two calls at once build it once; an interrupted build is started anew by the next call.
 * @returns its local reference, `vpai-lab/<name>:<recipe hash>` or `vpai-lab/<name>:upstream-<tag>`
 */
export async function ensureImage(name: string): Promise<string> {
  const image = labImage(name);
  return withLock(imageCache("locks", name), async () => (await pullUpstream(image)) ?? ensureBuilt(image));
}

async function ensureBuilt(image: LabImage): Promise<string> {
  const reference = builtReference(image.name);
  if ((await imageId(reference)) !== undefined) return reference;
  const base = image.base === undefined ? undefined : await ensureImage(image.base);
  await inWorkDirectory(image.name, (directory) =>
    base === undefined ? importDebian(image, reference, directory) : buildOn(base, image, reference, directory),
  );
  return reference;
}

/** Gives `work` an empty directory of its own; those of interrupted builds go first. Runs under the image's lock. */
async function inWorkDirectory(name: string, work: (directory: string) => Promise<void>): Promise<void> {
  const parent = imageCache("work", name);
  rmSync(parent, { recursive: true, force: true });
  mkdirSync(parent, { recursive: true });
  try {
    await work(mkdtempSync(path.join(parent, "build-")));
  } finally {
    rmSync(parent, { recursive: true, force: true });
  }
}

async function importDebian(image: LabImage, reference: string, directory: string): Promise<void> {
  const root = path.join(directory, "root");
  const archive = path.join(directory, "root.tar");
  const packages = imageCache("packages");
  [root, packages].forEach((needed) => mkdirSync(needed, { recursive: true }));
  const mirror = await debianMirror();
  const script = path.join(recipeDirectory(image.name), "build.sh");
  const env = { ...process.env, ...(await buildEnvironment()) };
  await step(`image ${image.name}: installing Debian`, script, [root, packages, ...(mirror ? [mirror] : [])], { env });
  await step(`image ${image.name}: packing`, "tar", ["--numeric-owner", "-C", root, "-cf", archive, "."]);
  const changes = labels(image).flatMap(([key, value]) => ["--change", `LABEL ${key}=${value}`]);
  await docker("import", ...changes, "--change", 'CMD ["bash"]', archive, reference);
}

async function buildOn(base: string, image: LabImage, reference: string, directory: string): Promise<void> {
  await gatherMaterials(image.name, directory);
  // The classic builder: it is in every engine, where BuildKit needs a client plugin that packages may lack.
  const env = { ...process.env, ...(await buildEnvironment()), DOCKER_BUILDKIT: "0" };
  const args = ["build", "--network", "host", "--force-rm", "--build-arg", `BASE=${base}`, ...buildArguments(env)];
  const labelled = labels(image).flatMap(([key, value]) => ["--label", `${key}=${value}`]);
  await step(`image ${image.name}: building`, "docker", [...args, ...labelled, "--tag", reference, directory], { env });
}

const labels = (image: LabImage): [string, string][] => [
  ["org.opencontainers.image.title", image.name],
  ["org.opencontainers.image.version", image.version],
  ["org.opencontainers.image.revision", recipeHash(image.name)],
  ["vpai.lab.program", image.program],
];

async function main(name: string | undefined): Promise<void> {
  if (name === undefined) throw new Error("expected the name of a lab image: npx tsx lab/images/build.ts <name>");
  process.stdout.write(`${await ensureImage(name)}\n`);
}

if (require.main === module) {
  main(process.argv[2]).catch((error: Error) => {
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 1;
  });
}
