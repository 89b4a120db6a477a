import { compareVersions, formatVersion, parseVersion } from "../versions";
import { canInstall, fatal, ok, warning, type Check, type Finding } from "./check";
import type { Machine } from "./machine";

/** The oldest engine that the lab is tried on. */
const minimumEngine = [20, 10, 0] as const;

export const dockerEngine: Check = {
  name: "Docker engine",
  inspect: async (machine) => {
    const { code, stdout, stderr } = await machine.run("docker", [
      "version",
      "--format",
      "{{.Server.Version}} (API {{.Server.APIVersion}})",
    ]);
    return code === 0 ? judge(stdout.trim()) : unreachable(machine, stderr);
  },
};

function judge(answer: string): Finding {
  const version = parseVersion(answer);
  if (version && compareVersions(version, minimumEngine) >= 0) return ok(answer);
  return fatal(answer, `expected ${formatVersion(minimumEngine)} or newer: https://docs.docker.com/engine/install/`);
}

function unreachable(machine: Machine, stderr: string): Finding {
  if (!machine.find("dockerd")) {
    const advice = "set-up installs and starts the package docker.io";
    return canInstall(machine)
      ? warning("none", advice)
      : fatal("none", "install it: sudo apt-get install docker.io, or https://docs.docker.com/engine/install/");
  }
  if (machine.isRoot) return warning("installed, not running", "set-up starts it");
  if (/permission denied/i.test(stderr)) {
    return fatal("no access", "sudo usermod -aG docker $USER, then log in again; or run as root");
  }
  return fatal("installed, not running", "start it: sudo systemctl start docker");
}

export const rights: Check = {
  name: "Rights",
  inspect: async (machine) => {
    if (machine.isRoot) return ok("root");
    const groups = (await machine.run("id", ["-nG"])).stdout.trim().split(/\s+/);
    if (groups.includes("docker")) return ok("member of the group docker");
    return warning("neither root nor in the group docker", "sudo usermod -aG docker $USER, then log in again");
  },
};
