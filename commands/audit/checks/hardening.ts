import type { Declared, DeclaredContainer } from "../declared/declared";
import { type AuditFinding, findingsOf } from "../finding";
import type { Seen, SeenContainer } from "../look/seen";
import { isPassing } from "./containers";

/** One rule of the checklist: its name, what is expected, and what was found instead; undefined where it is kept. */
interface Rule {
  name: string;
  expected: string;
  found: (container: SeenContainer, declared: DeclaredContainer | undefined) => string | undefined;
}

const unless = (isKept: boolean, found: string): string | undefined => (isKept ? undefined : found);

/** Names as Docker tells them or takes them: with `CAP_`. */
const named = (capabilities: readonly string[]): string[] =>
  capabilities.map((one) => (one.startsWith("CAP_") ? one : `CAP_${one}`)).sort();

const list = (names: readonly string[]): string => (names.length === 0 ? "none" : names.join(", "));

const EVERYWHERE = new Set(["", "0.0.0.0", "::"]);

const isSocket = (source: string): boolean => /(^|\/)docker\.sock$/.test(source);

/** Folders of the host that have Docker's socket in them. */
const HOLDS_SOCKET = new Set(["/", "/run", "/var/run"]);

/** What holds for every container, declared or not (docs/audit.md). */
const RULES: readonly Rule[] = [
  {
    name: "privileged",
    expected: "a container without the host's own rights",
    found: ({ privileged }) => unless(!privileged, "privileged"),
  },
  {
    name: "capabilities",
    expected: "all capabilities dropped, and none added but those of its service",
    found: ({ capAdd, capDrop }, declared) => {
      const extra = named(capAdd).filter((one) => !named(declared?.capabilities ?? []).includes(one));
      const kept = capDrop.includes("ALL") ? [] : ["not all dropped"];
      return unless(extra.length + kept.length === 0, [...kept, ...extra.map((one) => `${one} added`)].join(", "));
    },
  },
  {
    name: "no-new-privileges",
    expected: "no-new-privileges",
    found: ({ security }) =>
      unless(
        security.some((option) => /^no-new-privileges(:true)?$/.test(option)),
        list(security),
      ),
  },
  {
    name: "confinement",
    expected: "the engine's own seccomp and AppArmor profiles",
    found: ({ security }) => {
      const off = security.filter((option) => /unconfined|label[:=]disable/.test(option));
      return unless(off.length === 0, list(off));
    },
  },
  {
    name: "memory",
    expected: "a memory limit, and no swap beyond it",
    found: ({ memory, swap }) => unless(memory > 0 && swap === memory, memory === 0 ? "no limit" : "swap beyond it"),
  },
  { name: "cpus", expected: "a limit of processors", found: ({ cpus }) => unless(cpus > 0, "no limit") },
  { name: "pids", expected: "a limit of processes", found: ({ pids }) => unless(pids > 0, "no limit") },
  {
    name: "address",
    expected: "published on addresses that are said",
    found: ({ bindings }) => {
      const open = bindings.filter(({ address }) => EVERYWHERE.has(address));
      const ports = open.map(({ address, hostPort }) => `${address === "" ? "0.0.0.0" : address}:${hostPort}`);
      return unless(open.length === 0, list([...new Set(ports)]));
    },
  },
  {
    name: "ports",
    expected: "published as its service has it, or not at all",
    found: ({ bindings }, declared) => {
      const extra = bindings.filter(
        ({ address, hostPort, port }) =>
          !(declared?.ports ?? []).some(
            (one) => one.address === address && one.hostPort === hostPort && port.endsWith(`/${one.protocol}`),
          ),
      );
      return unless(
        extra.length === 0,
        list(extra.map(({ address, hostPort, port }) => `${address}:${hostPort} to ${port}`)),
      );
    },
  },
  {
    name: "host-namespaces",
    expected: "networks, processes and memory of its own",
    found: ({ networkMode, pidMode, ipcMode }) => {
      const shared = Object.entries({ network: networkMode, pid: pidMode, ipc: ipcMode }).filter(
        ([, mode]) => mode === "host",
      );
      return unless(shared.length === 0, `the host's ${list(shared.map(([name]) => name))}`);
    },
  },
  {
    name: "devices",
    expected: "none of the host's devices",
    found: ({ devices }) => unless(devices.length === 0, list(devices)),
  },
  {
    name: "docker-socket",
    expected: "no way to Docker's socket",
    found: ({ mounts }) => {
      const ways = mounts.filter(({ source }) => isSocket(source) || HOLDS_SOCKET.has(source));
      return unless(
        ways.length === 0,
        list(ways.map(({ source, writable }) => `${source}${writable ? "" : ", read-only"}`)),
      );
    },
  },
];

/** What a declaration says of the container itself. */
const DECLARED_RULES: readonly Rule[] = [
  {
    name: "user",
    expected: "the user of its service",
    found: ({ user }, declared) => unless(user === declared?.user, user === "" ? "the image's own" : user),
  },
  {
    name: "read-only",
    expected: "a root file system as its service has it",
    found: ({ readOnly }, declared) => unless(readOnly === declared?.readOnly, readOnly ? "read-only" : "writable"),
  },
  {
    name: "health-check",
    expected: "a health check",
    found: ({ hasHealthCheck }) => unless(hasHealthCheck, "none"),
  },
  {
    name: "mounts",
    expected: "no part of the host beyond those of its service",
    found: ({ mounts }, declared) => {
      const extra = mounts.filter(({ type, source }) => type === "bind" && !(declared?.mounts ?? []).includes(source));
      return unless(extra.length === 0, list(extra.map(({ source, target }) => `${source} at ${target}`)));
    },
  },
  {
    name: "networks",
    expected: "its service's networks",
    found: ({ addresses }, declared) => {
      const wanted = [...(declared?.networks ?? [])].sort();
      const found = Object.keys(addresses)
        .filter((name) => name !== "none")
        .sort();
      return unless(found.join() === wanted.join(), list(found));
    },
  },
  {
    name: "logs",
    expected: "json-file logs of 10m, 3 of them",
    found: ({ log: { driver, size, files } }) =>
      unless(
        driver === "json-file" && size === "10m" && files === "3",
        `${driver} ${size ?? ""} ${files ?? ""}`.trim(),
      ),
  },
];

/** Every container against the checklist, whoever has made it. */
export function hardeningFindings(declared: Declared, { containers }: Pick<Seen, "containers">): AuditFinding[] {
  const finding = findingsOf(declared.host, "hardening");
  return containers.flatMap((container) => {
    const wanted = declared.containers.find(({ name }) => name === container.name);
    const rules = wanted === undefined ? RULES : [...RULES, ...DECLARED_RULES];
    const mend =
      wanted !== undefined || isPassing(container, declared)
        ? "make refresh, then make up; what is meant is an exception of the platform, with its reason"
        : `docker rm --force ${container.name}`;
    return rules.flatMap(({ name, expected, found }) => {
      const what = found(container, wanted);
      return what === undefined ? [] : [finding(`${container.name}/${name}`, { expected, found: what, mend })];
    });
  });
}
