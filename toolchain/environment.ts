import { existsSync, mkdirSync, readFileSync, realpathSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import path from "node:path";
import { readInstallation, type Installation } from "./installation";
import { currentLogin } from "./login";

/** The checkout that this file belongs to: an absolute path without symbolic links. */
export const projectRoot = realpathSync(path.dirname(__dirname));

/** Everything local of this checkout (ignored by git). */
export const localDirectory = path.join(projectRoot, ".vpai");

/** The directory that the toolchain puts first on the search path. */
export const ownSearchPath = path.join(localDirectory, "bin");

/**
 * The passphrase of the lab stack's secrets. It is publicly known on purpose: the lab holds nothing but generated test
 * data on this machine. No other stack may use it.
 */
const labPassphrase = "lab-only-this-passphrase-is-public";

/**
 * The build cache that all checkouts of this user share: `VPAI_CACHE_DIR`, else `vpai` below `XDG_CACHE_HOME` or
 * `~/.cache`. An absolute path; the directory need not exist.
 */
export function cacheDirectory(env: NodeJS.ProcessEnv = process.env): string {
  const own = env["VPAI_CACHE_DIR"];
  if (own) return path.resolve(own);
  return path.join(env["XDG_CACHE_HOME"] || path.join(env["HOME"] || homedir(), ".cache"), "vpai");
}

/**
 * The environment in which plain `pulumi` works for a stack: this process's own, with what the toolchain adds.
 * @param stack name of the stack; `lab` gets its own state directory and its public passphrase
 * @throws when the toolchain has not been set up in this checkout
 */
export function pulumiEnvironment(stack: string): NodeJS.ProcessEnv {
  return { ...process.env, ...pulumiVariables(stack) };
}

/** Only the variables that `pulumiEnvironment` changes or adds. */
export function pulumiVariables(stack: string): Record<string, string> {
  const env = stack === "lab" ? { ...process.env, VPAI_SERVICES: labServices(process.env) } : process.env;
  const variables = variablesFor(stack, readInstallation(localDirectory), env);
  if (stack === "lab") mkdirSync(labState, { recursive: true, mode: 0o700 });
  return variables;
}

const labState = path.join(localDirectory, "lab", "state");

/** The lab's choice of services, as the last `up` that named one left it; it ends with the lab. */
const labServicesFile = path.join(localDirectory, "lab", "services");

/** Keeps the lab's choice of services (`all`, or groups with commas between them) for the commands that follow. */
export function rememberLabServices(chosen: string): void {
  mkdirSync(path.dirname(labServicesFile), { recursive: true, mode: 0o700 });
  writeFileSync(labServicesFile, `${chosen}\n`);
}

function labServices(env: NodeJS.ProcessEnv): string | undefined {
  if (env["VPAI_SERVICES"]) return env["VPAI_SERVICES"];
  return existsSync(labServicesFile) ? readFileSync(labServicesFile, "utf8").trim() : undefined;
}

/** `pulumiVariables` for a given installation and environment. */
export function variablesFor(
  stack: string,
  installation: Installation,
  env: NodeJS.ProcessEnv,
): Record<string, string> {
  return {
    ...engineVariables(installation, env),
    ...(stack === "lab" ? labVariables(env) : otherBackend(installation, env)),
  };
}

function engineVariables(installation: Installation, env: NodeJS.ProcessEnv): Record<string, string> {
  if (installation.engine === "official" && !installation.ownPlugins) return {};
  const own = {
    PATH: withDirectory(ownSearchPath, env["PATH"] ?? ""),
    // What the stack needs is there. Every npm package asks for its plugin, and what cannot be downloaded is waited for.
    PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
    // Engine and plugins are short-lived: at Go's default of 100 they spend a tenth of a run on collecting garbage.
    GOGC: env["GOGC"] || "400",
  };
  if (installation.engine === "official") return own;
  return { ...own, PULUMI_HOME: path.join(localDirectory, "pulumi"), PULUMI_SKIP_UPDATE_CHECK: "true" };
}

/** `directory` first on the search path, once. */
function withDirectory(directory: string, searchPath: string): string {
  const others = searchPath.split(path.delimiter).filter((entry) => entry !== "" && entry !== directory);
  return [directory, ...others].join(path.delimiter);
}

/**
 * The URL of a backend in a folder. Without `metadata=skip` every file has a second one with its attributes, which is
 * not written atomically: a run killed in that moment would leave a state that nothing can read.
 */
const fileBackend = (folder: string): string => `file://${folder}?metadata=skip`;

function labVariables(env: NodeJS.ProcessEnv): Record<string, string> {
  const services = env["VPAI_SERVICES"];
  const passphrase = env["PULUMI_CONFIG_PASSPHRASE"] ?? env["PULUMI_CONFIG_PASSPHRASE_FILE"];
  return {
    PULUMI_BACKEND_URL: env["PULUMI_BACKEND_URL"] || fileBackend(labState),
    ...(services ? { VPAI_SERVICES: services } : {}),
    ...(passphrase === undefined ? { PULUMI_CONFIG_PASSPHRASE: labPassphrase } : {}),
  };
}

/** The official CLI knows where its user has logged in; our own starts with the home directory until told otherwise. */
function otherBackend(installation: Installation, env: NodeJS.ProcessEnv): Record<string, string> {
  if (installation.engine === "official" || env["PULUMI_BACKEND_URL"] || hasLogin()) return {};
  return { PULUMI_BACKEND_URL: fileBackend("~") };
}

const hasLogin = (): boolean => currentLogin(path.join(localDirectory, "pulumi", "credentials.json")) !== undefined;
