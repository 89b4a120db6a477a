import { containerFindings } from "../../../../commands/audit/checks/containers";
import { networkFindings, volumeFindings } from "../../../../commands/audit/checks/docker-objects";
import { exposureFindings } from "../../../../commands/audit/checks/exposure";
import { hardeningFindings } from "../../../../commands/audit/checks/hardening";
import { listenerFindings } from "../../../../commands/audit/checks/listeners";
import { nodeFindings, untoldNodes } from "../../../../commands/audit/checks/nodes";
import { keyFindings, userFindings } from "../../../../commands/audit/checks/people";
import { rightsFindings } from "../../../../commands/audit/checks/rights";
import { selfStartingFindings } from "../../../../commands/audit/checks/self-starting";
import { adminFindings, siteFindings } from "../../../../commands/audit/checks/sites";
import type { AuditFinding } from "../../../../commands/audit/finding";
import type { Seen, SeenContainer } from "../../../../commands/audit/look/seen";
import { container, declared, seen, seenWithout } from "./sample";

/** What of each finding tells it from others. */
const told = (findings: readonly AuditFinding[]): string[] =>
  findings.map(({ check, subject, found }) => `${check} ${subject}: ${found}`);

test("nothing is found on a host that is as declared", () => {
  const there = seen();
  const inside = [containerFindings, hardeningFindings, networkFindings, volumeFindings, listenerFindings];
  const people = [userFindings, keyFindings, selfStartingFindings, rightsFindings];
  expect([...inside, ...people].flatMap((check) => check(declared, there))).toEqual([]);
});

describe("containers", () => {
  const other = (change: Partial<SeenContainer>): Seen => {
    const there = seen();
    const [caddy] = there.containers as [SeenContainer];
    return { ...there, containers: [caddy, { ...caddy, name: "other", reference: "evil:1", ...change }] };
  };

  test("one that nobody declared is named", () => {
    expect(told(containerFindings(declared, other({ labels: {} })))).toEqual(["container other: running, of evil:1"]);
  });

  test.each([
    ["of another stack", { "dev.vpai.stack": "lab", "dev.vpai.host": "one", "dev.vpai.service": "caddy" }, 1],
    ["of another host", { "dev.vpai.stack": "prod", "dev.vpai.host": "two", "dev.vpai.service": "caddy" }, 1],
    ["of no service", { "dev.vpai.stack": "prod", "dev.vpai.host": "one", "dev.vpai.service": "gone" }, 1],
    ["of a job that runs", { "dev.vpai.stack": "prod", "dev.vpai.host": "one", "dev.vpai.service": "nightly" }, 0],
    ["that a service makes itself", { "dev.vpai.sandbox": "sandboxes" }, 0],
    ["that says so of another one", { "dev.vpai.sandbox": "caddy" }, 1],
  ])("one %s", (_, labels, count) => {
    expect(containerFindings(declared, other({ labels }))).toHaveLength(count);
  });

  test("one that is missing, stopped or of other content is named", () => {
    expect(told(containerFindings(declared, seenWithout("container")))).toEqual(["container vpai_caddy: none"]);
    expect(told(containerFindings(declared, container({ state: "exited" })))).toEqual(["container vpai_caddy: exited"]);
    expect(told(containerFindings(declared, container({ image: "sha256:bbbbbbbbbbbbbbbb" })))).toEqual([
      "container vpai_caddy: bbbbbbbbbbbb, of caddy:2",
    ]);
  });

  test("one that runs on demand may be stopped", () => {
    const onDemand = { ...declared, containers: declared.containers.map((one) => ({ ...one, isOnDemand: true })) };
    expect(containerFindings(onDemand, container({ state: "exited" }))).toEqual([]);
  });
});

describe("a container's hardening", () => {
  test.each<[string, Partial<SeenContainer>, string]>([
    ["privileged", { privileged: true }, "privileged: privileged"],
    ["capabilities", { capAdd: ["SYS_ADMIN", "CAP_NET_BIND_SERVICE"] }, "capabilities: CAP_SYS_ADMIN added"],
    ["capabilities", { capDrop: [] }, "capabilities: not all dropped"],
    ["no-new-privileges", { security: [] }, "no-new-privileges: none"],
    ["confinement", { security: ["no-new-privileges", "seccomp=unconfined"] }, "confinement: seccomp=unconfined"],
    ["memory", { memory: 0, swap: 0 }, "memory: no limit"],
    ["memory", { swap: -1 }, "memory: swap beyond it"],
    ["cpus", { cpus: 0 }, "cpus: no limit"],
    ["pids", { pids: 0 }, "pids: no limit"],
    ["host-namespaces", { networkMode: "host", pidMode: "host" }, "host-namespaces: the host's network, pid"],
    ["devices", { devices: ["/dev/kvm"] }, "devices: /dev/kvm"],
    ["user", { user: "" }, "user: the image's own"],
    ["read-only", { readOnly: true }, "read-only: read-only"],
    ["health-check", { hasHealthCheck: false }, "health-check: none"],
    ["networks", { addresses: { frontend: "172.20.1.2" } }, "networks: frontend"],
    ["logs", { log: { driver: "local", size: undefined, files: undefined } }, "logs: local"],
  ])("%s", (_, change, found) => {
    expect(told(hardeningFindings(declared, container(change)))).toEqual([`hardening vpai_caddy/${found}`]);
  });

  test("what is published on all addresses is named twice: as open, and as undeclared", () => {
    const bindings = [{ port: "80/tcp", address: "", hostPort: 8080 }];
    expect(told(hardeningFindings(declared, container({ bindings })))).toEqual([
      "hardening vpai_caddy/address: 0.0.0.0:8080",
      "hardening vpai_caddy/ports: :8080 to 80/tcp",
    ]);
  });

  test.each(["/var/run/docker.sock", "/run/docker.sock", "/", "/run"])("a way to Docker's socket by %s", (source) => {
    const mounts = [{ type: "bind", source, target: "/x", writable: false }];
    const mounted = { ...declared, containers: declared.containers.map((one) => ({ ...one, mounts: [source] })) };
    expect(told(hardeningFindings(mounted, container({ mounts })))).toEqual([
      `hardening vpai_caddy/docker-socket: ${source}, read-only`,
    ]);
  });

  test("a part of the host that its service does not have", () => {
    const mounts = [{ type: "bind", source: "/etc", target: "/host", writable: true }];
    expect(told(hardeningFindings(declared, container({ mounts })))).toEqual([
      "hardening vpai_caddy/mounts: /etc at /host",
    ]);
  });
});

describe("networks and volumes", () => {
  test("those that nobody declared, and one that has a way out", () => {
    const there = seenWithout(
      'network\t{"name":"backend"',
      'network\t{"name":"backend","internal":false,"labels":{}}',
      'network\t{"name":"other","internal":false,"labels":{}}',
      "volume\tpile",
    );
    expect(told([...networkFindings(declared, there), ...volumeFindings(declared, there)])).toEqual([
      "network backend: one with a way out",
      "network other: a network",
      "volume pile: a volume that no container of the platform uses",
    ]);
  });

  test("a volume of a declared container is its own", () => {
    const mounts = [
      { type: "volume", name: "pile", source: "/var/lib/docker/volumes/pile", target: "/x", writable: true },
    ];
    expect(volumeFindings(declared, { ...container({ mounts }), volumes: ["pile"] })).toEqual([]);
  });
});

describe("who listens", () => {
  const listens = (address: string, port: number, who: string): Seen =>
    seen(
      `listener\ttcp LISTEN 0 128 ${address}:${port} 0.0.0.0:* ${who}`,
      "process\t70\tx.service\t/etc/systemd/system/x.service",
    );

  test.each([
    ["on all addresses", "0.0.0.0", 8000, 'users:(("python3",pid=80,fd=3))', "python3 on 0.0.0.0 port 8000, TCP"],
    ["on IPv6", "[::]", 8000, 'users:(("x",pid=70,fd=3))', "x of x.service on :: port 8000, TCP"],
    [
      "on a declared port of another address",
      "198.51.100.7",
      3001,
      "",
      "an unknown program on 198.51.100.7 port 3001, TCP",
    ],
    [
      "inside, of a unit that nobody declared",
      "127.0.0.1",
      9,
      'users:(("x",pid=70,fd=3))',
      "x of x.service on 127.0.0.1 port 9, TCP",
    ],
  ])("%s", (_, address, port, who, found) => {
    expect(listenerFindings(declared, listens(address, port, who)).map((one) => one.found)).toEqual([found]);
  });

  test("the VPN's node is none where the host has no address there", () => {
    expect(told(listenerFindings({ ...declared, vpnAddress: undefined }, seen()))).toEqual([
      "listener udp/0.0.0.0:41641: tailscaled on 0.0.0.0 port 41641, UDP",
    ]);
  });
});

describe("what is met from outside", () => {
  const met = (
    address: string,
    port: number,
    reached: "open" | "closed" | "no-route",
    protocol: "tcp" | "udp" = "tcp",
  ) => told(exposureFindings(declared, [{ address, protocol, port, reached }]));

  test.each([
    ["198.51.100.7", 804, "open", []],
    ["198.51.100.7", 443, "open", []],
    ["2001:db8::7", 804, "open", []],
    ["2001:db8::7", 804, "closed", []],
    ["2001:db8::7", 804, "no-route", []],
    ["198.51.100.7", 2375, "closed", []],
    ["198.51.100.7", 2375, "open", ["exposure tcp/198.51.100.7:2375: an answer"]],
    ["2001:db8::7", 443, "open", ["exposure tcp/[2001:db8::7]:443: an answer"]],
    ["198.51.100.7", 3001, "open", ["exposure tcp/198.51.100.7:3001: an answer"]],
    ["198.51.100.7", 443, "closed", ["exposure tcp/198.51.100.7:443: none"]],
  ] as const)("%s port %i is %s", (address, port, reached, findings) => {
    expect(met(address, port, reached)).toEqual(findings);
  });

  test("HTTP/3 that does not answer", () => {
    expect(met("198.51.100.7", 443, "closed", "udp")).toEqual(["exposure udp/198.51.100.7:443: none"]);
  });
});

describe("people", () => {
  test("users that may log in, and a second root", () => {
    const there = seen(
      "user\tmallory:x:1001:1001::/home/mallory:/bin/sh",
      "user\ttoor:x:0:0::/root:/usr/sbin/nologin",
      "user\tunit:x:2311:2311::/nonexistent:/usr/sbin/nologin",
    );
    expect(told(userFindings(declared, there))).toEqual([
      "user mallory: uid 1001 with /bin/sh",
      "user toor: uid 0 with /usr/sbin/nologin",
    ]);
  });

  test("a member of a group that has the rights of root", () => {
    expect(told(userFindings(declared, seenWithout("group\tdocker", "group\tdocker:x:102:deploy,www-data")))).toEqual([
      "user www-data/docker: www-data in docker",
    ]);
  });

  test("keys that nobody declared, or that another one has", () => {
    const there = seen(
      "key\tdeploy\t/home/deploy/.ssh/authorized_keys2\tssh-rsa AAAAB3NzaC1yc2EofMallory1234",
      "key\troot\t/root/.ssh/authorized_keys\tssh-ed25519 AAAAC3NzaC1ofDeploy56789",
    );
    const found = keyFindings(declared, there);
    expect(told(found)).toEqual([
      "key deploy/fMallory1234: ssh-rsa …fMallory1234",
      "key root/fDeploy56789: ssh-ed25519 …fDeploy56789",
    ]);
    expect(found[0]?.where).toBe("/home/deploy/.ssh/authorized_keys2");
  });
});

test("what has the host do something by itself", () => {
  const there = seen(
    "placed\tforeign\t/etc/systemd/system/miner.service",
    "placed\tforeign\t/etc/systemd/system/hello.service.d/override.conf",
    "placed\tchanged\t/etc/crontab",
    "placed\tforeign\t/var/spool/cron/crontabs/root",
    "placed\tforeign\t/etc/sudoers.d/mallory",
    "placed\tchanged\t/etc/sudoers",
    "placed\tforeign\t/etc/rc.local",
    "placed\tforeign\t/usr/local/lib/systemd/system/hello.service",
    "placed\tforeign\t/etc/systemd/user/miner.service",
    "placed\tlinked\t/etc/systemd/system/hello.service",
    "placed\tlinked\t/etc/systemd/system/multi-user.target.wants/miner.service",
    "enabled\tminer.service\tenabled",
  );
  expect(told(selfStartingFindings(declared, there))).toEqual([
    "unit miner.service: a file that nobody declared, enabled",
    "unit hello.service.d/override.conf: a file that nobody declared, enabled",
    "cron /etc/crontab: a package's file that was changed",
    "cron /var/spool/cron/crontabs/root: a file that nobody declared",
    "sudoers /etc/sudoers.d/mallory: a file that nobody declared",
    "sudoers /etc/sudoers: a package's file that was changed",
    "unit /etc/rc.local: a file that nobody declared",
    "unit /usr/local/lib/systemd/system/hello.service: a file that nobody declared, enabled",
    "unit /etc/systemd/user/miner.service: a file that nobody declared, enabled",
    "unit hello.service: a link to what nobody declared, enabled",
    "unit multi-user.target.wants/miner.service: a link to what nobody declared, enabled",
  ]);
  const mended = selfStartingFindings(declared, there).map(({ where, mend }) => `${where}: ${mend}`);
  expect(mended).toContain("/etc/sudoers: look at it, then put back what its package brings");
  expect(mended).toContain(
    "/etc/systemd/system/multi-user.target.wants/miner.service: systemctl disable --now miner.service; " +
      "rm -f /etc/systemd/system/multi-user.target.wants/miner.service; systemctl daemon-reload",
  );
});

test("rights of files: secrets that others can read, that nobody declared, that are gone", () => {
  const read = (...lines: string[]) => told(rightsFindings(declared, seenWithout("file", ...lines)));
  expect(read("file\t444\t0:0\t/opt/vpai/secrets/caddy/key")).toEqual(["file /opt/vpai/secrets/caddy/key: mode 0444"]);
  expect(read("file\t600\t0:0\t/opt/vpai/secrets/caddy/key")).toEqual(["file /opt/vpai/secrets/caddy/key: mode 0600"]);
  expect(read("file\t400\t9:9\t/opt/vpai/secrets/caddy/key")).toEqual(["file /opt/vpai/secrets/caddy/key: owner 9:9"]);
  expect(read()).toEqual(["file /opt/vpai/secrets/caddy/key: none"]);
  expect(read("file\t400\t0:0\t/opt/vpai/secrets/caddy/key", "file\t400\t0:0\t/opt/vpai/secrets/x")).toEqual([
    "file /opt/vpai/secrets/x: a file of 0:0",
  ]);
});

test("nodes of the VPN that nobody declared", () => {
  const seen = { online: true, expires: undefined };
  const nodes = [
    { user: "hosts", name: "one", addresses: ["100.64.0.14"], ...seen },
    { user: "people", name: "phone", addresses: ["100.64.0.3"], ...seen },
    { user: "hosts", name: "stranger", addresses: ["100.64.0.99", "fd7a::99"], ...seen },
  ];
  expect(told(nodeFindings(declared, nodes))).toEqual(["node stranger: a node of hosts, 100.64.0.99 and fd7a::99"]);
});

test("a server of the VPN that does not tell its nodes is a finding, and no end of the audit", () => {
  expect(told(untoldNodes(declared, new Error("it does not run")))).toEqual(["node vpai_headscale: it does not run"]);
});

test("a declared node that is another user's", () => {
  const nodes = [{ user: "operators", name: "phone", addresses: ["100.64.0.3"], online: true, expires: undefined }];
  expect(nodeFindings(declared, nodes)).toEqual([
    expect.objectContaining({
      subject: "phone",
      expected: "a node of people, as it is declared",
      found: "a node of operators, 100.64.0.3",
    }),
  ]);
});

describe("sites", () => {
  const headers = {
    "strict-transport-security": "max-age=31536000; includeSubDomains",
    "x-content-type-options": "nosniff",
    "x-frame-options": "SAMEORIGIN",
    "referrer-policy": "strict-origin-when-cross-origin",
  };
  const site = { hostname: "a.example", address: "198.51.100.7", headers, takesOldTls: false };

  test("one that answers as it is to", () => {
    expect(siteFindings(declared, [site])).toEqual([]);
  });

  test.each([
    [
      { headers: { ...headers, "strict-transport-security": "max-age=86400" } },
      ["strict-transport-security: max-age=86400"],
    ],
    [{ headers: { ...headers, "x-content-type-options": undefined } }, ["x-content-type-options: no such header"]],
    [{ headers: { ...headers, "x-frame-options": "ALLOWALL" } }, ["x-frame-options: ALLOWALL"]],
    [{ headers: { ...headers, "referrer-policy": "unsafe-url" } }, ["referrer-policy: unsafe-url"]],
    [{ takesOldTls: true }, ["tls: a handshake of TLS 1.1"]],
    [{ takesOldTls: undefined }, ["tls: no clear refusal of TLS 1.1"]],
  ])("%j", (change, found) => {
    expect(told(siteFindings(declared, [{ ...site, ...change }]))).toEqual(found.map((one) => `site a.example/${one}`));
  });

  test("one that does not answer", () => {
    expect(told(siteFindings(declared, [{ ...site, headers: undefined }]))).toEqual(["site a.example: none"]);
  });

  test("administration that others reach", () => {
    const admin = [{ container: "vpai_caddy", network: "backend" }];
    const listener = {
      protocol: "tcp",
      address: "127.0.0.1",
      port: 2019,
      program: "caddy",
      unit: "gateway.service",
    } as const;
    const listeners = [listener, { ...listener, port: 2020 }];
    expect(told(adminFindings(declared, { admin, listeners }))).toEqual([
      "site vpai_caddy/admin: port 2019 answers on the network backend",
      "site gateway.service/admin: port 2019 answers at 127.0.0.1",
    ]);
  });
});
