import { compareVersions, formatVersion, parseVersion, type Version } from "../versions";
import { fatal, missing, ok, warning, type Check, type Finding } from "./check";
import type { Machine } from "./machine";

const minimumNode = [20, 19, 0] as const;
const minimumGo = [1, 21, 0] as const;
/** The first OpenSSH with KnownHostsCommand, which is how pinned host keys are checked. */
const minimumSsh = [8, 5, 0] as const;

/** A finding for a version that has to reach a minimum. */
function atLeast(minimum: Version, text: string, advice: string): Finding {
  const found = parseVersion(text);
  const expected = `expected ${formatVersion(minimum)} or newer: ${advice}`;
  if (!found) return fatal("unknown version", expected);
  return compareVersions(found, minimum) < 0 ? fatal(formatVersion(found), expected) : ok(formatVersion(found));
}

export const node: Check = {
  name: "Node",
  inspect: () => atLeast(minimumNode, process.version, "https://nodejs.org/en/download"),
};

export const npm: Check = {
  name: "npm",
  inspect: async (machine) => {
    const { code, stdout } = await machine.run("npm", ["--version"]);
    return code === 0 ? ok(stdout.trim()) : fatal("none", "it comes with Node: https://nodejs.org/en/download");
  },
};

/** Go is needed only to build an engine that is not there yet. @param engineThere whether set-up has found or built one */
export const go = (engineThere: boolean): Check => ({
  name: "Go",
  inspect: async (machine) => {
    const advice = "https://go.dev/doc/install, or install the official Pulumi CLI";
    const finding = machine.find("go")
      ? atLeast(minimumGo, (await machine.run("go", ["env", "GOVERSION"])).stdout, advice)
      : fatal("none", `expected ${formatVersion(minimumGo)} or newer: ${advice}`);
    if (finding.status !== "fatal" || !engineThere) return finding;
    return warning(finding.found, "not needed now; building a new version of the Pulumi engine will need it");
  },
});

export const git: Check = {
  name: "git",
  inspect: async (machine) => {
    const { code, stdout } = await machine.run("git", ["--version"]);
    return code === 0 ? ok(stdout.replace("git version", "").trim()) : warning("none", "apt-get install git");
  },
};

export const ssh: Check = {
  name: "SSH client",
  inspect: async (machine) => {
    if (!machine.find("ssh")) return missing(machine, "openssh-client");
    return atLeast(minimumSsh, (await machine.run("ssh", ["-V"])).stderr, "install a newer openssh-client");
  },
};

export const debootstrap: Check = {
  name: "debootstrap",
  inspect: (machine: Machine) => {
    const program = machine.find("debootstrap");
    return program ? ok(program) : missing(machine, "debootstrap");
  },
};
