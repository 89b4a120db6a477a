import type { HostFacts } from "../../../../providers/host/facts";
import { hostFaults, type HostNeeds, type WantedPort } from "../../../../providers/host/faults";

const FACTS: HostFacts = {
  engine: { api: "1.44", version: "25.0.0", kernel: "5.4.0-190-generic", limitsMemory: true },
  disks: [
    { folder: "/opt/vpai", freeMiB: 256, freeInodes: 2000 },
    { folder: "/var/lib/docker", freeMiB: 256 },
  ],
  memory: { total: 7000, available: 96 },
  listeners: [{ protocol: "tcp", address: "203.0.113.5", port: 443, program: "docker-proxy" }],
  containers: [{ name: "vpai_caddy", ports: ["443/tcp"], labels: ["a=1", "b=2", "c=3"] }],
  addresses: ["127.0.0.1", "203.0.113.5"],
};

const HTTPS: WantedPort = { address: "203.0.113.5", port: 443, protocol: "tcp", later: false };
const NEEDS: HostNeeds = { folder: "/opt/vpai", memoryMiB: 8192, ports: [HTTPS], labels: ["a=1", "b=2"], replaced: [] };

const listening = (address: string, program: string, protocol: "tcp" | "udp" = "tcp"): Partial<HostFacts> => ({
  listeners: [{ protocol, address, port: 443, program }],
});

test("a host that just has what it needs has no fault", () => {
  expect(hostFaults(FACTS, NEEDS)).toEqual([]);
});

test.each<[string, Partial<HostFacts>, string]>([
  [
    "T11: a full disk",
    { disks: [{ folder: "/opt/vpai", freeMiB: 3, freeInodes: 9000 }] },
    "expected 256 MiB of free space for /opt/vpai, found 3 MiB: free some (`df -h /opt/vpai`, `docker system df`) or enlarge the disk",
  ],
  [
    "T11: a disk out of inodes",
    { disks: [{ folder: "/opt/vpai", freeMiB: 9000, freeInodes: 0 }] },
    "expected 2000 free inodes for /opt/vpai, found 0: remove files there (`df -i /opt/vpai`)",
  ],
  [
    "T11: memory that is used up",
    { memory: { total: 8000, available: 95 } },
    "expected 96 MiB of available memory, found 95 MiB: see what takes it (`ps aux --sort -rss`, `docker stats`), and stop that or enlarge the host",
  ],
  [
    "T11: a smaller host than the stack's file says",
    { memory: { total: 6900, available: 2000 } },
    "expected a host with the 8192 MiB of memory that the stack's file gives it, found 6900 MiB: set memoryMiB of the host to what it has, or enlarge the host",
  ],
  [
    "T11: a port that a program has",
    listening("0.0.0.0", "nginx"),
    "expected that nobody else listens on 203.0.113.5:443/tcp, found nginx: stop it (`ss -ltnup`), or let it listen elsewhere",
  ],
  [
    "T11: a port that somebody else's container has",
    { containers: [{ name: "traefik", ports: ["443/tcp"], labels: ["a=1"] }] },
    "expected that nobody else listens on 203.0.113.5:443/tcp, found the container traefik: stop it, or publish another port",
  ],
  [
    "E4: an address that is not the host's own",
    { addresses: ["127.0.0.1", "10.0.0.4"] },
    "expected an own address for published ports, found 203.0.113.5, which none of its interfaces has (127.0.0.1, 10.0.0.4): " +
      "behind 1:1 NAT, set bindAddress of the machine to the inner address",
  ],
  [
    "E8: a kernel without memory cgroup",
    { engine: { ...FACTS.engine, limitsMemory: false } },
    "expected a kernel that limits the memory of containers, found one without the memory cgroup: add `cgroup_enable=memory cgroup_memory=1` " +
      "to its command line (/boot/firmware/cmdline.txt on a Raspberry Pi, GRUB_CMDLINE_LINUX elsewhere) and restart the host",
  ],
  [
    "E8: an engine that is too old",
    { engine: { ...FACTS.engine, api: "1.41", version: "20.10.24+dfsg1" } },
    "expected Docker 25 or newer, found 20.10.24+dfsg1: update the engine (https://docs.docker.com/engine/install/)",
  ],
  [
    "E8: a kernel that is too old",
    { engine: { ...FACTS.engine, kernel: "4.19.0-27-amd64" } },
    "expected Linux 5.4 or newer, found 4.19.0-27-amd64: update the host's system",
  ],
])("%s is said in one sentence", (_title, over, fault) => {
  expect(hostFaults({ ...FACTS, ...over }, NEEDS)).toEqual([fault]);
});

test.each<[string, Partial<HostFacts>, Partial<HostNeeds>]>([
  ["the same port of another protocol", listening("*", "nginx", "udp"), {}],
  ["the same port of another address", listening("127.0.0.1", "nginx"), {}],
  ["IPv6 alone", listening("[::]", "nginx"), {}],
  [
    "a container that is to be replaced",
    { containers: [{ name: "caddy", ports: ["443/tcp"], labels: [] }] },
    { replaced: ["caddy"] },
  ],
  ["a VPN address that is not there yet", { addresses: ["127.0.0.1"] }, { ports: [{ ...HTTPS, later: true }] }],
  ["a host that cannot tell its addresses", { addresses: [] }, {}],
  ["memory that others use, too", { memory: { total: 500, available: 400 } }, { memoryMiB: 0 }],
])("%s is no fault", (_title, facts, needs) => {
  expect(hostFaults({ ...FACTS, ...facts }, { ...NEEDS, ...needs })).toEqual([]);
});
