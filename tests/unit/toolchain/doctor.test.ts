import { labPort, labSubnet, overlap, parseSubnet } from "../../../toolchain/doctor/addresses";
import type { Check } from "../../../toolchain/doctor/check";
import { dockerEngine, rights } from "../../../toolchain/doctor/docker";
import { checksFor, examine, formatReports } from "../../../toolchain/doctor/doctor";
import { cgroups, overlay, tun, veth } from "../../../toolchain/doctor/kernel";
import type { Machine } from "../../../toolchain/doctor/machine";
import { debootstrap, go, ssh } from "../../../toolchain/doctor/programs";
import { cacheDisk, freeMemory } from "../../../toolchain/doctor/resources";
import type { Result } from "../../../toolchain/run";

const GiB = 1024 ** 3;

/** What a made-up computer has; everything else is absent. */
interface Facts extends Partial<Omit<Machine, "run" | "find">> {
  /** Answers by the beginning of a command line. */
  answers?: Record<string, Partial<Result>>;
  programs?: string[];
}

function machine({ answers = {}, programs = [], ...facts }: Facts): Machine {
  return {
    run: async (program, args) => {
      const line = [program, ...args].join(" ");
      const key = Object.keys(answers).find((start) => line.startsWith(start));
      return { code: key ? 0 : 127, stdout: "", stderr: "", ...(key ? answers[key] : {}) };
    },
    find: (program) => (programs.includes(program) ? `/usr/bin/${program}` : undefined),
    read: () => undefined,
    exists: () => false,
    freeDisk: () => 100 * GiB,
    freeMemory: () => 16 * GiB,
    isPortFree: async () => true,
    isRoot: false,
    ...facts,
  };
}

const inspect = async (check: Check, facts: Facts) => check.inspect(machine(facts));

describe("programs", () => {
  const old = { answers: { "ssh -V": { stderr: "OpenSSH_8.4p1 Debian-5+deb11u3" } }, programs: ["ssh"] };
  const fit = { answers: { "ssh -V": { stderr: "OpenSSH_8.5p1" } }, programs: ["ssh"] };

  it("needs an SSH client with KnownHostsCommand", async () => {
    expect(await inspect(ssh, old)).toMatchObject({ status: "fatal", found: "8.4.0" });
    expect(await inspect(ssh, fit)).toEqual({ status: "ok", found: "8.5.0" });
  });

  it("leaves to set-up what root on Debian can install", async () => {
    expect(await inspect(debootstrap, {})).toMatchObject({
      status: "fatal",
      advice: expect.stringContaining("sudo apt-get install debootstrap") as string,
    });
    expect(await inspect(debootstrap, { isRoot: true, programs: ["apt-get"] })).toMatchObject({ status: "warning" });
    expect(await inspect(debootstrap, { isRoot: true })).toMatchObject({ status: "fatal" });
  });

  it("needs Go only as long as there is no engine", async () => {
    const goFacts = { answers: { "go env": { stdout: "go1.20.3\n" } }, programs: ["go"] };
    expect(await inspect(go(false), goFacts)).toMatchObject({ status: "fatal", found: "1.20.3" });
    expect(await inspect(go(true), goFacts)).toMatchObject({ status: "warning" });
    expect(await inspect(go(false), {})).toMatchObject({ status: "fatal", found: "none" });
  });
});

describe("the Docker engine", () => {
  const answer = (text: string) => ({ answers: { "docker version": { stdout: text } } });

  it("is accepted from 20.10 on", async () => {
    expect(await inspect(dockerEngine, answer("20.10.24+dfsg1 (API 1.41)\n"))).toMatchObject({ status: "ok" });
    expect(await inspect(dockerEngine, answer("19.3.8 (API 1.40)\n"))).toMatchObject({ status: "fatal" });
  });

  it("tells a missing from a stopped and from a forbidden one", async () => {
    const denied = { "docker version": { code: 1, stderr: "permission denied while trying to connect" } };
    expect(await inspect(dockerEngine, {})).toMatchObject({ status: "fatal", found: "none" });
    expect(await inspect(dockerEngine, { programs: ["dockerd"] })).toMatchObject({ found: "installed, not running" });
    expect(await inspect(dockerEngine, { programs: ["dockerd"], answers: denied })).toMatchObject({
      found: "no access",
    });
    expect(await inspect(dockerEngine, { programs: ["dockerd"], isRoot: true })).toMatchObject({ status: "warning" });
  });

  it("may be used by root and by the group docker", async () => {
    expect(await inspect(rights, { isRoot: true })).toMatchObject({ status: "ok" });
    expect(await inspect(rights, { answers: { "id -nG": { stdout: "me docker\n" } } })).toMatchObject({ status: "ok" });
    expect(await inspect(rights, { answers: { "id -nG": { stdout: "me dockers\n" } } })).toMatchObject({
      status: "warning",
    });
  });
});

describe("resources", () => {
  it.each([
    [7.9, "fatal"],
    [8, "warning"],
    [20, "ok"],
  ])("%d GiB of disk are %s", async (size, status) => {
    expect(await inspect(cacheDisk, { freeDisk: () => size * GiB })).toMatchObject({ status });
  });

  it.each([
    [2.9, "fatal"],
    [3, "warning"],
    [8, "ok"],
  ])("%d GiB of memory are %s", async (size, status) => {
    expect(await inspect(freeMemory, { freeMemory: () => size * GiB })).toMatchObject({ status });
  });
});

describe("addresses", () => {
  it.each([
    ["10.64.0.0/24", "10.64.0.0/16", true],
    ["10.64.0.0/24", "10.64.1.0/24", false],
    ["10.64.0.0/24", "10.64.0.77", true],
    ["192.168.0.0/16", "10.0.0.0/8", false],
    ["10.64.0.0/24", "0.0.0.0/0", true],
  ])("%s and %s overlap: %s", (left, right, expected) => {
    const [one, other] = [parseSubnet(left), parseSubnet(right)];
    expect(one && other && overlap(one, other)).toBe(expected);
  });

  it("does not take a default route for a subnet", () => {
    expect(parseSubnet("default")).toBeUndefined();
  });

  const identity = { prefix: "vpai-lab-abc123", subnet: "10.70.1.0/24", registryPort: 23456 };
  const routes = (...destinations: string[]) => ({
    "ip -json": { stdout: JSON.stringify(["default", ...destinations].map((dst) => ({ dst, dev: "eth0" }))) },
  });

  it("finds a route that the lab network would shadow", async () => {
    expect(await inspect(labSubnet(identity), { answers: routes("10.70.0.0/16") })).toMatchObject({
      status: "fatal",
      found: "10.70.1.0/24 overlaps with the route to 10.70.0.0/16 (eth0)",
    });
    expect(await inspect(labSubnet(identity), { answers: routes("10.71.0.0/16") })).toMatchObject({ status: "ok" });
  });

  it("does not mind the lab itself", async () => {
    const up = { ...routes("10.70.1.0/24"), "docker network inspect vpai-lab-abc123": {} };
    expect(await inspect(labSubnet(identity), { answers: up })).toMatchObject({ status: "ok" });
    const busy = { isPortFree: async () => false };
    expect(await inspect(labPort(identity), busy)).toMatchObject({ status: "fatal" });
    const registry = { answers: { "docker container inspect vpai-lab-abc123-registry": {} }, ...busy };
    expect(await inspect(labPort(identity), registry)).toMatchObject({ status: "ok" });
  });
});

describe("the kernel", () => {
  it("is tried in a network namespace of its own", async () => {
    const works = { "unshare --net ip link add probe0 type veth peer name probe1": {}, "unshare --net true": {} };
    const fails = { "unshare --net true": {}, "unshare --net ip": { code: 2, stderr: "x\nUnknown device type.\n" } };
    const root = { isRoot: true, programs: ["ip"] };
    expect(await inspect(veth, { ...root, answers: works })).toMatchObject({ status: "ok" });
    expect(await inspect(veth, { ...root, answers: fails })).toMatchObject({
      status: "fatal",
      found: "Unknown device type.",
      advice: "expected the kernel module veth: modprobe veth",
    });
    expect(await inspect(veth, { programs: ["ip"] })).toMatchObject({ status: "warning", found: "not tried" });
  });

  it("has overlay when it lists it", async () => {
    const filesystems = "nodev\tsysfs\n\text4\nnodev\toverlay\n";
    expect(await inspect(overlay, { read: () => filesystems })).toMatchObject({ status: "ok" });
    expect(await inspect(overlay, { read: () => "nodev\toverlayfs2\n" })).toMatchObject({ status: "fatal" });
  });

  it("knows both versions of cgroups, and TUN", async () => {
    const has = (file: string): Facts => ({ exists: (asked) => asked === file });
    expect(await inspect(cgroups, has("/sys/fs/cgroup/cgroup.controllers"))).toMatchObject({ found: "v2" });
    expect(await inspect(cgroups, has("/sys/fs/cgroup/memory"))).toMatchObject({ found: "v1" });
    expect(await inspect(cgroups, {})).toMatchObject({ status: "fatal" });
    expect(await inspect(tun, has("/dev/net/tun"))).toMatchObject({ status: "ok" });
    expect(await inspect(tun, {})).toMatchObject({ status: "fatal" });
  });
});

describe("the whole", () => {
  it("does not ask for Docker where only the tools are needed", () => {
    const names = (stack: string) => checksFor(stack, machine({})).map(({ name }) => name);
    expect(names("prod")).toEqual(["Node", "npm", "Go", "git", "SSH client", "Disk of the build cache"]);
    expect(names("lab")).toEqual(expect.arrayContaining(["Docker engine", "Kernel: TUN", "Lab network"]));
  });

  it("prints what was found, and below it what to do", async () => {
    const reports = await examine([tun, cgroups], machine({ exists: (file) => file === "/sys/fs/cgroup/memory" }));
    expect(formatReports(reports)).toBe(
      [
        "MISSING  Kernel: TUN      none",
        "                          expected the kernel module tun: modprobe tun",
        "ok       Kernel: cgroups  v1",
      ].join("\n"),
    );
  });
});
