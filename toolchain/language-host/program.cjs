/* global clearTimeout */
const { spawn } = require("node:child_process");
const { parseOptions } = require("./options.cjs");

/** The exit code with which @pulumi/pulumi says that it has already told the user what went wrong. */
const ALREADY_REPORTED = 32;
/** How long a program may take to end after it was asked to, in milliseconds. */
const GRACE_PERIOD = 5000;
const OUT_OF_MEMORY = /JavaScript heap out of memory/;

/**
 * Runs a Pulumi program to its end.
 * @param {object} request what the engine asks for, see `runRequest` in server.cjs
 * @param {AbortSignal} cancelled asks the program to end: SIGINT, after 5 s SIGKILL
 * @returns {Promise<{ error: string, bail: boolean }>}
 */
async function runProgram(request, cancelled) {
  const options = parseOptions(request.options);
  const argv = [...options.nodeargs, locateRunner(request.programDirectory), ...programArguments(request)];
  const child = spawn(process.execPath, argv, {
    cwd: process.cwd(),
    env: programEnvironment(request, options),
    stdio: ["ignore", "pipe", "pipe"],
  });
  running.add(child);
  const stopWatching = endWith(child, cancelled);
  const output = forwardOutput(child);
  try {
    return outcome(await ended(child), output);
  } finally {
    stopWatching();
    running.delete(child);
  }
}

/** Programs that have not ended yet. */
const running = new Set();

/** Ends all programs at once, for when nobody is left to wait for them. */
function killPrograms() {
  for (const child of running) child.kill("SIGKILL");
}

function locateRunner(directory) {
  try {
    return require.resolve("@pulumi/pulumi/cmd/run", { paths: [directory] });
  } catch {
    throw new Error(`the Pulumi SDK is not installed in ${directory}: expected @pulumi/pulumi, run npm ci there`);
  }
}

function programArguments(request) {
  const flags = {
    monitor: request.monitorAddress,
    engine: request.engineAddress,
    organization: request.organization,
    project: request.project,
    "root-directory": request.rootDirectory,
    stack: request.stack,
    pwd: request.programDirectory,
    parallel: String(request.parallel),
    tracing: request.tracing,
  };
  return [
    ...Object.entries(flags).flatMap(([name, value]) => (value ? [`--${name}`, value] : [])),
    ...(request.dryRun ? ["--dry-run"] : []),
    request.entryPoint || ".",
    ...request.args,
  ];
}

function programEnvironment(request, options) {
  return {
    ...process.env,
    PULUMI_CONFIG: JSON.stringify(request.config),
    PULUMI_CONFIG_SECRET_KEYS: JSON.stringify(request.configSecretKeys),
    ...(options.typescript ? { PULUMI_NODEJS_TYPESCRIPT: "true" } : {}),
    ...(options.tsconfig ? { PULUMI_NODEJS_TSCONFIG_PATH: options.tsconfig } : {}),
  };
}

function endWith(child, cancelled) {
  let killer;
  const end = () => {
    child.kill("SIGINT");
    killer = setTimeout(() => child.kill("SIGKILL"), GRACE_PERIOD);
  };
  if (cancelled.aborted) end();
  else cancelled.addEventListener("abort", end, { once: true });
  return () => {
    cancelled.removeEventListener("abort", end);
    clearTimeout(killer);
  };
}

function forwardOutput(child) {
  const output = { outOfMemory: false };
  child.stdout.pipe(process.stdout, { end: false });
  child.stderr.pipe(process.stderr, { end: false });
  child.stderr.on("data", (chunk) => {
    if (OUT_OF_MEMORY.test(chunk.toString())) output.outOfMemory = true;
  });
  return output;
}

/** Resolves when the program has ended and all of its output has been read. */
function ended(child) {
  return new Promise((resolve, reject) => {
    child.on("error", (error) => reject(new Error(`could not start ${process.execPath}: ${error.message}`)));
    child.on("close", (code, signal) => resolve({ code, signal }));
  });
}

function outcome({ code, signal }, { outOfMemory }) {
  if (code === 0) return { error: "", bail: false };
  if (code === ALREADY_REPORTED) return { error: "", bail: true };
  const reason = code === null ? `was ended by ${signal}` : `exited with non-zero exit code: ${code}`;
  const hint = outOfMemory
    ? ". It ran out of memory: raise the limit with NODE_OPTIONS=--max-old-space-size=<megabytes>"
    : "";
  return { error: `Program ${reason}${hint}`, bail: false };
}

module.exports = { killPrograms, runProgram };
