import { factsOf, readFacts } from "../../../../providers/host/facts";
import { LocalRunner } from "../../../../providers/local-runner";
import type { CommandRunner } from "../../../../providers/ssh/transport";

const TEXT = `engine 1.47 27.5.1 6.12.43+deb13-amd64
limits true
disk  1048576 65536 60000 /opt/vpai
disk 2097152 - - /var/lib/docker
memory MemTotal 8138752
memory MemAvailable 4194304
memory SwapFree 1048576
listener tcp   LISTEN 0      4096   203.0.113.5:443    0.0.0.0:*    users:(("docker-proxy",pid=811,fd=4))
listener udp   UNCONN 0      0      127.0.0.53%lo:53   0.0.0.0:*    users:(("systemd-resolve",pid=5,fd=1))
listener tcp   LISTEN 0      511    *:80               *:*
listener tcp   LISTEN 0      511    [::]:8080          [::]:*       users:(("nginx",pid=9,fd=6))
address 1: lo    inet 127.0.0.1/8 scope host lo
address 2: eth0    inet 203.0.113.5/24 brd 203.0.113.255 scope global eth0
container vpai_caddy\t203.0.113.5:443->443/tcp, 203.0.113.5:8000-8001->9000-9001/udp, 2019/tcp\tdev.vpai.platform=vpai,dev.vpai.stack=lab
`;

test("T11: what a host says of itself is read", () => {
  expect(readFacts(TEXT)).toEqual({
    engine: { api: "1.47", version: "27.5.1", kernel: "6.12.43+deb13-amd64", limitsMemory: true },
    disks: [
      { folder: "/opt/vpai", freeMiB: 1024, freeInodes: 60000 },
      { folder: "/var/lib/docker", freeMiB: 2048 },
    ],
    memory: { total: 7948, available: 5120 },
    listeners: [
      { protocol: "tcp", address: "203.0.113.5", port: 443, program: "docker-proxy" },
      { protocol: "udp", address: "127.0.0.53", port: 53, program: "systemd-resolve" },
      { protocol: "tcp", address: "*", port: 80, program: "" },
      { protocol: "tcp", address: "[::]", port: 8080, program: "nginx" },
    ],
    containers: [
      {
        name: "vpai_caddy",
        ports: ["443/tcp", "8000/udp", "8001/udp"],
        labels: ["dev.vpai.platform=vpai", "dev.vpai.stack=lab"],
      },
    ],
    addresses: ["127.0.0.1", "203.0.113.5"],
  });
});

test("a real host is looked at by the same words, whether the folder is there yet or not", async () => {
  const facts = await factsOf(new LocalRunner(), "/opt/vpai-not-made-yet/and below");
  expect(facts.engine.api).toMatch(/^1\.\d+$/);
  expect(facts.disks[0]).toEqual({
    folder: "/opt/vpai-not-made-yet/and below",
    freeMiB: expect.any(Number) as number,
    freeInodes: expect.any(Number) as number,
  });
  expect(facts.disks.length).toBeGreaterThan(1);
  expect(facts.memory.total).toBeGreaterThan(100);
  expect(facts.addresses).toContain("127.0.0.1");
});

test("an engine that says nothing is named, with what it said instead", async () => {
  const answer = { code: 0, stdout: "memory MemTotal 1\n", stderr: "Cannot connect to the Docker daemon\n" };
  const host = { name: "root@h", run: () => Promise.resolve(answer) } as unknown as CommandRunner;
  await expect(factsOf(host, "/opt/vpai")).rejects.toThrow(
    "root@h: expected a Docker engine that says what it is, found: Cannot connect to the Docker daemon. Look at `journalctl -u docker` there.",
  );
});
