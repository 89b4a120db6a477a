import { spawn } from "node:child_process";
import { existsSync, mkdirSync, openSync, readFileSync } from "node:fs";
import path from "node:path";
import { lookUntil } from "../model/look-until";
import { cacheDirectory } from "./environment";
import { report, withProgress } from "./progress";
import { findProgram, run } from "./run";

/** A program that the lab runs on this machine, and the Debian and Ubuntu packages that bring it. */
export interface LabProgram {
  program: string;
  /** The first package that the distribution has is taken: Debian 13 split the client off docker.io. */
  packages: readonly string[];
}

const labPrograms: readonly LabProgram[] = [
  { program: "dockerd", packages: ["docker.io"] },
  { program: "docker", packages: ["docker-cli", "docker.io"] },
  { program: "iptables", packages: ["iptables"] },
  { program: "debootstrap", packages: ["debootstrap"] },
  { program: "ssh", packages: ["openssh-client"] },
];

/** Administrators' programs are not always on a user's search path. */
const systemPath = [process.env["PATH"] ?? "", "/usr/local/sbin", "/usr/sbin", "/sbin"].join(path.delimiter);

/** How long a Docker engine may take to answer after its start, in seconds. */
const engineStartTimeout = 60;

/**
 * Installs what the lab needs and this machine lacks, and starts the Docker engine where none answers.
 * @throws when something is missing that only root may change, saying what to do
 */
export async function ensureLabPrograms(): Promise<void> {
  const missing = missingPrograms(labPrograms, (program) => findProgram(program, systemPath) !== undefined);
  const answers = await engineAnswers();
  const needed = answers ? missing.filter(({ program }) => program !== "dockerd") : missing;
  if (needed.length > 0) await installPackages(needed);
  if (!answers) await startEngine();
}

/** Those of the programs that the machine lacks. */
export function missingPrograms(programs: readonly LabProgram[], isThere: (name: string) => boolean): LabProgram[] {
  return programs.filter(({ program }) => !isThere(program));
}

/** Whether a Docker engine answers this user. */
async function engineAnswers(): Promise<boolean> {
  return (await run("docker", ["version", "--format", "{{.Server.Version}}"])).code === 0;
}

async function installPackages(missing: readonly LabProgram[]): Promise<void> {
  const names = missing.map(({ program }) => program).join(", ");
  if (process.getuid?.() !== 0 || !findProgram("apt-get")) {
    throw new Error(
      `expected ${names} for the lab, found none, and only root on Debian or Ubuntu can install them: ${advice(missing)}`,
    );
  }
  await withProgress("updating the package lists", () => apt("update", "-qq"));
  const packages = await Promise.all(missing.map(({ packages }) => firstAvailable(packages)));
  const unique = [...new Set(packages)];
  await withProgress(`installing ${unique.join(", ")}`, () =>
    apt("install", "-y", "-qq", "--no-install-recommends", ...unique),
  );
}

function advice(missing: readonly LabProgram[]): string {
  return `install the packages ${[...new Set(missing.map(({ packages }) => packages.at(-1)))].join(" ")}`;
}

async function firstAvailable(packages: readonly string[]): Promise<string> {
  for (const name of packages) {
    const { stdout } = await run("apt-cache", ["policy", name]);
    if (/Candidate: (?!\(none\))\S/.test(stdout)) return name;
  }
  throw new Error(
    `expected one of the packages ${packages.join(", ")} in the package lists, found none: check /etc/apt`,
  );
}

async function apt(...args: string[]): Promise<void> {
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  const { code, stdout, stderr } = await run("apt-get", args, { env });
  if (code !== 0) throw new Error(`apt-get ${args.join(" ")} ended with ${code}:\n${(stdout + stderr).trim()}`);
}

async function startEngine(): Promise<void> {
  if (process.getuid?.() !== 0) {
    throw new Error(
      "expected a Docker engine that answers this user, found none: start it (systemctl start docker) and add the user " +
        "to the group docker (usermod -aG docker <user>, then log in again), or run as root",
    );
  }
  const log = path.join(cacheDirectory(), "dockerd.log");
  await withProgress("starting the Docker engine", async () => {
    if (existsSync("/run/systemd/system")) await startService();
    else if (!isStarting()) startDetached(log);
    if (await engineAnswersWithin(engineStartTimeout)) return;
    throw new Error(
      `the Docker engine does not answer after ${engineStartTimeout} s: see ${log} or journalctl -u docker`,
    );
  });
}

/** Whether a dockerd runs already, which does not answer yet; the file outlives one that was killed. */
function isStarting(): boolean {
  try {
    const pid = readFileSync("/run/docker.pid", "utf8").trim();
    return readFileSync(`/proc/${pid}/comm`, "utf8").trim() === "dockerd";
  } catch {
    return false;
  }
}

async function startService(): Promise<void> {
  const { code, stderr } = await run("systemctl", ["enable", "--now", "docker"]);
  if (code !== 0) throw new Error(`systemctl enable --now docker ended with ${code}: ${stderr.trim()}`);
}

function startDetached(log: string): void {
  mkdirSync(path.dirname(log), { recursive: true });
  const output = openSync(log, "a");
  report(`no service manager runs here: dockerd is started on its own, its log is ${log}`);
  const program = findProgram("dockerd", systemPath) ?? "dockerd";
  // It outlives the checkout that happened to start it.
  spawn(program, [], {
    cwd: "/",
    detached: true,
    stdio: ["ignore", output, output],
    env: { ...process.env, PATH: systemPath },
  }).unref();
}

const engineAnswersWithin = (seconds: number): Promise<boolean> =>
  lookUntil(engineAnswers, (answers) => answers, { pause: 500, seconds });
