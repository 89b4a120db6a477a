import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import vpai from "../../../platforms/vpai/platform";
import type { ServiceContext } from "../../../model/context";
import type { PlatformHost } from "../../../model/platform";
import { contextWith } from "../../context";
import { auditJob } from "../../../programs/audit";

/** The night's script on this machine, with programs in the place of the host's. */

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "audit-"));
  for (const name of ["bin", "platform/secrets/n8n", "metrics"])
    mkdirSync(path.join(folder, name), { recursive: true });
  program("sshd", "printf 'maxauthtries 2\\nallowtcpforwarding local\\n'");
  program("systemd-detect-virt", "exit 0");
  containers([]);
});
afterEach(() => rmSync(folder, { recursive: true }));

function program(name: string, text: string): void {
  const file = path.join(folder, "bin", name);
  writeFileSync(file, `#!/bin/sh\n${text}\n`);
  chmodSync(file, 0o755);
}

/** A line of `docker ps`, and what inspecting it says after its name. */
interface Known {
  name: string;
  host?: string;
  sandbox?: string;
  said?: string;
}

const HARD = 'false ["ALL"] ["no-new-privileges"] 67108864 {"80/tcp":[{"HostIp":"198.51.100.7","HostPort":"80"}]}';

function containers(known: readonly Known[], networks = "bridge\t\nbackend\tone", info = "json-file true"): void {
  const lines = known.map(({ name, host = "one", sandbox = "" }) => `${name}\t${host}\t${sandbox}`);
  const inspected = known.map(({ name, said = `${HARD} /opt/x ` }) => `/${name} ${said}`);
  const files = { lines, ids: known.map(({ name }) => name), inspected, networks: [networks], info: [info] };
  for (const [name, content] of Object.entries(files))
    writeFileSync(path.join(folder, name), content.map((line) => `${line}\n`).join(""));
  program(
    "docker",
    `case "$1 $2 $3" in
      "ps --all --no-trunc") cat ${folder}/lines ;;
      "ps --all --quiet") cat ${folder}/ids ;;
      "container inspect --format") cat ${folder}/inspected ;;
      "network ls --format") cat ${folder}/networks ;;
      info*) cat ${folder}/info ;;
    esac`,
  );
}

const EXPECTED = ["host one", "sshd MaxAuthTries 2", "sshd AllowTcpForwarding local no", "socket alloy"];

/** Lines of the script's log but the last, and its figures that are not 0. */
function run(expected: readonly string[] = EXPECTED): { log: string[]; figures: string[] } {
  writeFileSync(path.join(folder, "expected"), expected.map((line) => `${line}\n`).join(""));
  const script = path.join(__dirname, "../../../programs/audit/nightly.sh");
  const args = [script, path.join(folder, "expected"), path.join(folder, "platform"), path.join(folder, "metrics")];
  const env = { PATH: `${folder}/bin:${process.env["PATH"] ?? ""}` };
  const log = execFileSync("sh", args, { env, encoding: "utf8" }).trim().split("\n").slice(0, -1);
  const figures = readFileSync(path.join(folder, "metrics/audit.prom"), "utf8").split("\n");
  return { log, figures: figures.filter((line) => line.startsWith("audit_") && !line.endsWith(" 0")) };
}

test("a host that is as hard as it is to be", () => {
  containers([{ name: "caddy" }, { name: "x", host: "", sandbox: "sandboxes" }]);
  writeFileSync(path.join(folder, "platform/secrets/n8n/key"), "", { mode: 0o400 });
  expect(run()).toEqual({ log: [], figures: [] });
  expect(readFileSync(path.join(folder, "metrics/audit.prom"), "utf8").split("\n")).toHaveLength(9);
});

test("sshd with another value, and without one", () => {
  const { log, figures } = run([...EXPECTED, "sshd MaxAuthTries 3", "sshd MaxSessions 10"]);
  expect(log).toEqual(["sshd: MaxAuthTries is 2, expected 3", "sshd: MaxSessions is not there, expected 10"]);
  expect(figures).toEqual(['audit_findings{check="sshd"} 2']);
});

test("a setting of the kernel, which in a container only its networks have", () => {
  const never = ["sysctl net.ipv4.ip_forward 7", "sysctl kernel.ostype 7000"];
  expect(run([...EXPECTED, ...never]).log.map((line) => line.split(" is ")[0])).toEqual([
    "sysctl: net/ipv4/ip_forward",
  ]);
  program("systemd-detect-virt", "exit 1");
  expect(run([...EXPECTED, ...never]).log).toHaveLength(2);
});

test.each([
  ["of nobody", { name: "x", host: "" }, "container: x is not the platform's"],
  ["of another host", { name: "x", host: "two" }, "container: x is not the platform's"],
  ["privileged", { name: "x", said: HARD.replace("false", "true") }, "hardening: x is privileged"],
  ["with capabilities", { name: "x", said: HARD.replace('["ALL"]', "null") }, "hardening: x keeps capabilities"],
  [
    "that may gain",
    { name: "x", said: HARD.replace('["no-new-privileges"]', "[]") },
    "hardening: x may gain privileges",
  ],
  ["without a limit", { name: "x", said: HARD.replace("67108864", "0") }, "hardening: x has no memory limit"],
  [
    "on all addresses",
    { name: "x", said: HARD.replace("198.51.100.7", "") },
    "hardening: x is published on all addresses",
  ],
  ["with the socket", { name: "x", said: `${HARD} /var/run/docker.sock` }, "hardening: x has Docker's socket"],
])("a container %s", (_, known, finding) => {
  containers([known]);
  expect(run().log).toEqual([finding]);
});

test("a container that may have the socket", () => {
  containers([{ name: "alloy", said: `${HARD} /var/run/docker.sock ` }]);
  expect(run().log).toEqual([]);
});

test("networks, the engine, and a secret that others can read", () => {
  containers([], "backend\tone\nother\t", "journald false");
  writeFileSync(path.join(folder, "platform/secrets/n8n/key"), "");
  chmodSync(path.join(folder, "platform/secrets/n8n/key"), 0o444);
  expect(run()).toEqual({
    log: [
      "network: other is not the platform's",
      "engine: expected logs by json-file and live-restore, found journald false",
      `file: others can read ${folder}/platform/secrets/n8n/key`,
    ],
    figures: [
      'audit_findings{check="network"} 1',
      'audit_findings{check="engine"} 1',
      'audit_findings{check="file"} 1',
    ],
  });
});

test("Docker that does not answer fails the run, and tells no figure", () => {
  program("docker", "exit 1");
  expect(() => run()).toThrow();
});

function expectedOf(context: ServiceContext, host: Pick<PlatformHost, "sshd" | "sysctl">): string[] {
  const files = auditJob(context, { accepted: vpai.accepted ?? [], host }).files?.(context) ?? [];
  return (files.find(({ path: file }) => file === "/etc/audit/expected")?.content as string).split("\n");
}

test("what the platform gives the host itself is no finding", () => {
  const host = {
    sshd: { options: { MaxSessions: "20" } },
    sysctl: { "kernel.sysrq": "176", "kernel.yama.ptrace_scope": false },
  } as const;
  const expected = expectedOf(contextWith({}), host);
  expect(expected).toEqual(
    expect.arrayContaining(["sshd MaxSessions 10 20", "sshd MaxAuthTries 2", "sysctl kernel.sysrq 0 176"]),
  );
  expect(expected.filter((line) => line.includes("false"))).toEqual([]);
});

test("what a host is told to expect of itself", () => {
  const context = contextWith({});
  const expected = expectedOf(context, {});
  expect(expected).toEqual(
    expect.arrayContaining([
      `host ${context.host}`,
      "sshd PasswordAuthentication no",
      "sshd PermitRootLogin no without-password",
      "sshd AllowTcpForwarding local no",
      "sysctl net.ipv4.conf.*.rp_filter 1 2",
      "sysctl kernel.kptr_restrict 2",
      "socket vpai_alloy",
      "socket workstation_starter",
    ]),
  );
});
