import path from "node:path";
import { z } from "zod";
import { run } from "../../toolchain/run";
import { copyInto, filesBelow } from "./files";

/** What `go mod download -json` says of one module. */
const downloadSchema = z.object({ Dir: z.string().optional(), Error: z.string().optional() });

/**
 * Puts a published Go module into a folder of a recipe, changed by the recipe's patch of the folder's name.
 * @param directory where the recipe's go.mod and `<folder>.patch` are
 * @param module path and version, `example.com/module@v1.2.3`
 * @throws when the module cannot be had, or the patch does not fit it
 */
export async function patchedModule(directory: string, folder: string, module: string): Promise<void> {
  const target = path.join(directory, folder);
  const source = await download(directory, module);
  for (const file of filesBelow(source)) copyInto(target, file, path.join(source, file));
  const patch = path.join(directory, `${folder}.patch`);
  // Inside somebody's repository, git would look for the files at that repository's root.
  const env = { ...process.env, GIT_CEILING_DIRECTORIES: path.dirname(target) };
  const { code, stderr } = await run("git", ["apply", patch], { cwd: target, env });
  if (code !== 0) throw new Error(`expected a patch of the Go module ${module}, found ${stderr.trim()}`);
}

async function download(directory: string, module: string): Promise<string> {
  const options = { cwd: directory, env: { ...process.env } };
  const { stdout, stderr } = await run("go", ["mod", "download", "-json", module], options);
  const { Dir: source, Error: failure } = downloadSchema.parse(JSON.parse(stdout || "{}"));
  if (source === undefined) throw new Error(`expected the Go module ${module}, found ${failure ?? stderr.trim()}`);
  return source;
}
