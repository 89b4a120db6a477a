import type { Limits } from "../../model/service";
import type { MountSpec } from "../workload/spec";

/** One line of a unit's file. */
export type Directive = readonly [name: string, value: string];

/**
 * What every unit is held to; a service's file declares the exceptions (systemd.exec(5)). It sees the system read-only and no
 * homes, devices, other processes or kernel settings, and gains no right that it has not from the start.
 */
const SANDBOX: Readonly<Record<string, string>> = {
  NoNewPrivileges: "yes",
  CapabilityBoundingSet: "",
  AmbientCapabilities: "",
  ProtectSystem: "strict",
  ProtectHome: "yes",
  PrivateTmp: "yes",
  PrivateDevices: "yes",
  ProtectClock: "yes",
  ProtectHostname: "yes",
  ProtectControlGroups: "yes",
  ProtectKernelLogs: "yes",
  ProtectKernelModules: "yes",
  ProtectKernelTunables: "yes",
  ProtectProc: "invisible",
  RestrictAddressFamilies: "AF_INET AF_INET6 AF_UNIX AF_NETLINK",
  RestrictNamespaces: "yes",
  RestrictRealtime: "yes",
  RestrictSUIDSGID: "yes",
  LockPersonality: "yes",
  MemoryDenyWriteExecute: "yes",
  RemoveIPC: "yes",
  SystemCallArchitectures: "native",
  SystemCallFilter: "@system-service",
  SystemCallErrorNumber: "EPERM",
  UMask: "0077",
};

/** The sandbox with a service's exceptions, which may also add directives. */
export const sandboxed = (exceptions: Readonly<Record<string, string>> = {}): Directive[] =>
  Object.entries({ ...SANDBOX, ...exceptions });

/** What a program may use: no swap, as a container has none. */
export const limited = ({ memoryMiB, cpus }: Limits): Directive[] => [
  ["MemoryMax", `${memoryMiB}M`],
  ["MemorySwapMax", "0"],
  ["CPUQuota", `${Math.round(cpus * 100)}%`],
];

/** Files and folders at the places where the program sees them. */
export const mounted = (mounts: readonly MountSpec[]): Directive[] =>
  mounts.map(({ source, target, readOnly }) => [readOnly ? "BindReadOnlyPaths" : "BindPaths", `${source}:${target}`]);

/** @param environment `NAME=value` */
export const environed = (environment: readonly string[]): Directive[] =>
  environment.map((entry) => ["Environment", quoted(entry)]);

/** A command as systemd splits it back into exactly these arguments. @throws for a NUL byte or a first argument that is no path */
export function commandOf(argv: readonly string[]): string {
  const [program = ""] = argv;
  if (!program.startsWith("/")) throw new Error(`expected the absolute path of a program, found "${program}"`);
  return argv.map((argument) => quoted(argument).replaceAll("$", "$$$$")).join(" ");
}

/** A text that systemd takes literally: it would fill in what begins with `%`. */
function quoted(text: string): string {
  if (text.includes("\0"))
    throw new Error(`expected text without NUL bytes for a unit's file, found ${JSON.stringify(text)}`);
  const escaped = text.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("%", "%%");
  return `"${escaped.replaceAll("\n", "\\n").replaceAll("\t", "\\t")}"`;
}

/** A section of a unit's file. An empty value stays, since it empties a list. */
export const section = (name: string, directives: readonly Directive[]): string =>
  [`[${name}]`, ...directives.map(([key, value]) => `${key}=${value}`), ""].join("\n");
