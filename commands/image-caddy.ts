import { copyFileSync, mkdirSync, rmSync } from "node:fs";
import path from "node:path";
import { ensureImage } from "../lab/images/build";
import { buildArguments, buildEnvironment } from "../lab/images/network";
import { recipeDirectory } from "../lab/images/recipe";
import { step } from "../lab/images/step";
import { projectRoot } from "../toolchain/environment";
import {
  ARCHITECTURES,
  caddyReference,
  compileArguments,
  type ImageArchitecture,
  localArguments,
  pushArguments,
} from "./image-caddy/image";
import { main } from "./stack/pulumi";
import { flagOf } from "./terminal/flag";

/** What `docker build` is given. */
const CONTEXT = path.join(projectRoot, ".vpai/image-caddy");

/** Processor of this machine, as Docker names it. */
const OWN: ImageArchitecture = process.arch === "arm64" ? "arm64" : "amd64";

/**
 * `make image-caddy`: compiles Caddy for every processor, and builds the image for this machine's on the lab's Debian.
 * PUSH=1 builds it for every processor on the published Debian, and pushes it: what the workflow of that name does.
 */
main(async () => {
  const isPublished = flagOf("PUSH");
  const recipe = recipeDirectory("caddy");
  rmSync(CONTEXT, { recursive: true, force: true });
  for (const architecture of ARCHITECTURES) await compile(recipe, architecture);
  copyFileSync(path.join(projectRoot, "images/caddy/Dockerfile"), path.join(CONTEXT, "Dockerfile"));
  copyFileSync(path.join(recipe, "Caddyfile"), path.join(CONTEXT, "Caddyfile"));
  await (isPublished ? push() : buildHere());
  return 0;
});

async function compile(recipe: string, architecture: ImageArchitecture): Promise<void> {
  const file = path.join(CONTEXT, architecture, "caddy");
  mkdirSync(path.dirname(file), { recursive: true });
  const env = { ...process.env, CGO_ENABLED: "0", GOOS: "linux", GOARCH: architecture };
  await step(`caddy for ${architecture}: compiling`, "go", compileArguments(file), { cwd: recipe, env });
}

async function buildHere(): Promise<void> {
  const base = await ensureImage("base");
  // The classic builder: it is in every engine, where BuildKit needs a client plugin that packages may lack.
  const env = { ...process.env, ...(await buildEnvironment()), DOCKER_BUILDKIT: "0" };
  const args = localArguments(OWN, base, buildArguments(env), CONTEXT);
  await step(`image caddy for ${OWN}: building`, "docker", args, { env });
  console.log(`${caddyReference()} is in the local engine, for ${OWN}; nothing was pushed (PUSH=1)`);
}

async function push(): Promise<void> {
  await step("image caddy: building and pushing", "docker", pushArguments(CONTEXT), { env: process.env });
  console.log(
    `${caddyReference()} is published for ${ARCHITECTURES.join(" and ")}: run make images-lock, and commit it`,
  );
}
