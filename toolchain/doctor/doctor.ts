import { labIdentity } from "../lab-identity";
import { localDirectory } from "../environment";
import { labPort, labSubnet } from "./addresses";
import type { Check, Finding } from "./check";
import { dockerEngine, rights } from "./docker";
import { bridge, cgroups, overlay, packetFilter, tun, veth } from "./kernel";
import type { Machine } from "./machine";
import { debootstrap, git, go, node, npm, ssh } from "./programs";
import { cacheDisk, dockerDisk, freeMemory } from "./resources";

/** A finding with the name of its check. */
export interface Report extends Finding {
  name: string;
}

/** The checks that a stack needs: the lab runs on this machine, other stacks only need the tools. */
export function checksFor(stack: string, machine: Machine): Check[] {
  const tools = [node, npm, go(machine.exists(`${localDirectory}/toolchain.json`)), git, ssh, cacheDisk];
  if (stack !== "lab") return tools;
  const identity = labIdentity();
  const engine = [debootstrap, dockerEngine, rights, dockerDisk, freeMemory, labPort(identity), labSubnet(identity)];
  return [...tools, ...engine, overlay, bridge, veth, packetFilter, tun, cgroups];
}

/** Asks a computer all of it, and says by name what was found. */
export function examine(checks: readonly Check[], machine: Machine): Promise<Report[]> {
  return Promise.all(checks.map(async (check) => ({ name: check.name, ...(await check.inspect(machine)) })));
}

const marks = { ok: "ok     ", warning: "warning", fatal: "MISSING" };

/** One line per report, its advice below it. */
export function formatReports(reports: readonly Report[]): string {
  const width = Math.max(0, ...reports.map(({ name }) => name.length));
  return reports
    .map(({ status, name, found, advice }) => {
      const line = `${marks[status]}  ${name.padEnd(width)}  ${found}`;
      return advice ? `${line}\n${" ".repeat(marks[status].length + width + 4)}${advice}` : line;
    })
    .join("\n");
}
