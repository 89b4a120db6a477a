import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { z } from "zod";
import { buildArguments } from "../../toolchain/go-build";
import { labImage } from "./catalogue";
import { step } from "./step";

/** What a recipe may say in `go-build.json` about the compilation of its Go program; all of it is optional. */
const settingsSchema = z.strictObject({
  /** Import path of the program, for one that is published as a module. Default: the recipe's own directory. */
  package: z.string().default("."),
  /** Further programs of the image, by the file that they become. */
  also: z.record(z.string(), z.string()).default({}),
  /** String variables that the linker sets, by full name; `{version}` is the version that the catalogue states. */
  variables: z.record(z.string(), z.string()).default({}),
  /** Build tags. */
  tags: z.array(z.string()).default([]),
});

/** Name of that file in a recipe. */
const settingsFile = "go-build.json";

/** Compiles a recipe's Go module to static programs, the first of the image's name, in the directory that holds its files. */
export async function compile(name: string, directory: string): Promise<void> {
  const env = { ...process.env, CGO_ENABLED: "0", GOOS: "linux" };
  for (const built of compileArguments(name, directory))
    await step(`image ${name}: compiling`, "go", built, { cwd: directory, env });
}

/**
 * Arguments of `go` that make each program.
 * @throws when `go-build.json` has another form
 */
export function compileArguments(name: string, directory: string): string[][] {
  const { package: program, also, variables, tags } = settings(directory);
  const { version } = labImage(name);
  const filled = Object.entries(variables).map(([key, value]): [string, string] => [
    key,
    value.replaceAll("{version}", version),
  ]);
  return Object.entries({ [name]: program, ...also }).map(([file, goPackage]) =>
    buildArguments({ file, goPackage, variables: Object.fromEntries(filled), tags }),
  );
}

function settings(directory: string): z.infer<typeof settingsSchema> {
  const file = path.join(directory, settingsFile);
  return settingsSchema.parse(existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : {});
}
