import type { Declared, DeclaredContainer } from "../../../../commands/audit/declared/declared";
import { readLook } from "../../../../commands/audit/look/read";
import type { Seen, SeenContainer } from "../../../../commands/audit/look/seen";

/** A host that has a Caddy, a unit and a job, in the VPN, as its stack has it. */
export const declared: Declared = {
  host: "one",
  stack: "prod",
  connection: { host: "198.51.100.7", port: 804, user: "deploy", hostKey: "ssh-ed25519 AAAA" },
  publicAddress: "198.51.100.7",
  vpnAddress: "100.64.0.14",
  ownsKernel: true,
  folder: "/opt/vpai",
  containers: [
    {
      name: "vpai_caddy",
      service: "caddy",
      image: "sha256:aaaaaaaaaaaaaaaa",
      user: "0:0",
      capabilities: ["CAP_NET_BIND_SERVICE"],
      readOnly: false,
      mounts: ["/opt/vpai/configs/caddy"],
      networks: ["backend", "frontend"],
      ports: [
        { address: "198.51.100.7", hostPort: 443, protocol: "tcp" },
        { address: "198.51.100.7", hostPort: 443, protocol: "udp" },
        { address: "100.64.0.14", hostPort: 443, protocol: "tcp" },
      ],
      isOnDemand: false,
    } satisfies DeclaredContainer,
  ],
  owners: new Set(["caddy", "hello", "nightly"]),
  hosting: ["sandboxes"],
  networks: [
    { name: "backend", internal: true },
    { name: "frontend", internal: false },
  ],
  volumes: [],
  ports: [
    { protocol: "tcp", port: 804, on: "anywhere", by: "sshd", mayBeOff: false },
    { protocol: "tcp", port: 443, on: { address: "198.51.100.7" }, by: "caddy", mayBeOff: false },
    { protocol: "udp", port: 443, on: { address: "198.51.100.7" }, by: "caddy", mayBeOff: false },
    { protocol: "tcp", port: 443, on: { address: "100.64.0.14" }, by: "caddy", mayBeOff: false },
    { protocol: "tcp", port: 3001, on: "host", by: "hello", mayBeOff: false },
  ],
  units: new Set(["hello.service", "nightly.service", "nightly.timer"]),
  files: [{ path: "/opt/vpai/secrets/caddy/key", mode: "0400", owner: "0:0" }],
  placed: new Set(["/etc/sudoers.d/60-vpai-operator"]),
  layers: [],
  sshd: undefined,
  sysctl: {},
  users: new Map([["deploy", ["ssh-ed25519 AAAAC3NzaC1ofDeploy56789"]]]),
  gateway: { container: "vpai_caddy" },
  coordinator: {
    server: { container: "vpai_headscale", port: 8080 },
    nodes: new Map([
      ["one", "hosts"],
      ["phone", "people"],
    ]),
  },
  sites: [],
  exceptions: [],
};

/** A container as the look prints it, with everything that the checklist asks for. */
const CADDY = {
  ...{ name: "/vpai_caddy", image: "sha256:aaaaaaaaaaaaaaaa", reference: "caddy:2", state: "running", user: "0:0" },
  labels: { "dev.vpai.stack": "prod", "dev.vpai.host": "one", "dev.vpai.service": "caddy" },
  ...{ healthcheck: { Test: ["CMD", "wget"] }, privileged: false, readOnly: false },
  ...{ capAdd: ["CAP_NET_BIND_SERVICE"], capDrop: ["ALL"], security: ["no-new-privileges"] },
  ...{ memory: 134217728, swap: 134217728, cpus: 1000000000, pids: 256 },
  ports: {
    "443/tcp": [{ HostIp: "198.51.100.7", HostPort: "443" }],
    "443/udp": [{ HostIp: "198.51.100.7", HostPort: "443" }],
    "8443/tcp": [{ HostIp: "100.64.0.14", HostPort: "443" }],
  },
  ...{ network: "frontend", pid: "", ipc: "private", devices: null },
  mounts: [{ Type: "bind", Source: "/opt/vpai/configs/caddy", Destination: "/etc/caddy", RW: false }],
  addresses: { frontend: { IPAddress: "172.20.1.2" }, backend: { IPAddress: "172.20.2.2" } },
  log: { Type: "json-file", Config: { "max-size": "10m", "max-file": "3" } },
};

/** What the look prints of that host, where nothing is wrong. */
const LOOK = [
  "user\troot:x:0:0:root:/root:/bin/bash",
  "user\tnobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin",
  "user\tdeploy:x:1000:1000:,,,:/home/deploy:/bin/bash",
  "group\tsudo:x:27:deploy",
  "group\tdocker:x:102:deploy",
  "group\tadm:x:4:syslog",
  "key\tdeploy\t/home/deploy/.ssh/authorized_keys\tssh-ed25519 AAAAC3NzaC1ofDeploy56789",
  "placed\tpackage\t/etc/cron.daily/dpkg",
  "placed\tforeign\t/etc/systemd/system/hello.service",
  "placed\tforeign\t/etc/systemd/system/nightly.timer",
  "placed\tforeign\t/etc/systemd/system/nightly.service",
  "enabled\thello.service\tenabled",
  'listener\ttcp LISTEN 0 128 0.0.0.0:804 0.0.0.0:* users:(("sshd",pid=7,fd=3))',
  'listener\ttcp LISTEN 0 128 [::]:804 [::]:* users:(("sshd",pid=7,fd=4))',
  'listener\ttcp LISTEN 0 128 127.0.0.1:3001 0.0.0.0:* users:(("node",pid=9,fd=4))',
  'listener\ttcp LISTEN 0 128 127.0.0.1:39997 0.0.0.0:* users:(("containerd",pid=5,fd=4))',
  'listener\tudp UNCONN 0 0 0.0.0.0:41641 0.0.0.0:* users:(("tailscaled",pid=6,fd=4))',
  'listener\tudp UNCONN 0 0 198.51.100.7%eth0:68 0.0.0.0:* users:(("systemd-network",pid=4,fd=4))',
  "process\t7\tssh.service\t/usr/lib/systemd/system/ssh.service",
  "process\t9\thello.service\t/etc/systemd/system/hello.service",
  "process\t5\tcontainerd.service\t/usr/lib/systemd/system/containerd.service",
  "address\t2: eth0    inet 198.51.100.7/24 brd 198.51.100.255 scope global eth0\\       valid_lft forever",
  "address\t2: eth0    inet6 2001:db8::7/64 scope global \\       valid_lft forever",
  "address\t3: docker0    inet6 fd00::1/64 scope global \\       valid_lft forever",
  `container\t${JSON.stringify(CADDY)}`,
  'network\t{"name":"bridge","internal":false,"labels":{}}',
  'network\t{"name":"backend","internal":true,"labels":{}}',
  'network\t{"name":"frontend","internal":false,"labels":{}}',
  'engine\t{"driver":"json-file","live":true,"pools":null,"root":"/var/lib/docker","security":[]}',
  "sshd\tport 804",
  "sshd\tpermitrootlogin no",
  "sysctl\tkernel/kptr_restrict\t2",
  "file\t400\t0:0\t/opt/vpai/secrets/caddy/key",
  "disk\t32505856 65011712 16777216 14837468 /",
  "memory\tMemTotal 8000000",
  "memory\tMemAvailable 4000000",
  "load\t0.50 0.40 0.30 4",
  "clock\t1795993057 yes",
  "kernel\t6.12.43+deb13-amd64 6.12.43+deb13-amd64",
  "vpn\tRunning",
  'metric\tjob_last_success_timestamp_seconds{name="one-backup",service="host"} 1795990000',
];

/** That host, with some lines more. */
export const seen = (...lines: readonly string[]): Seen => readLook([...LOOK, ...lines].join("\n"));

/** The same without lines that begin so. */
export const seenWithout = (start: string, ...lines: readonly string[]): Seen =>
  readLook([...LOOK.filter((line) => !line.startsWith(start)), ...lines].join("\n"));

/** Its container, where some of it is otherwise. */
export const container = (change: Partial<SeenContainer>): Seen => {
  const there = seen();
  return { ...there, containers: there.containers.map((one) => ({ ...one, ...change })) };
};
