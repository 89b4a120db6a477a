import type { LabHost } from "./harness/host";
import type { Lab } from "./harness/lab";
import { sharedLab } from "./harness/shared";

/** What an audit of a lab says that was just brought up, and of one in which somebody was at work. */

interface Told {
  version: number;
  stack: string;
  at: string;
  clean: boolean;
  hosts: { name: string; state: string }[];
  findings: {
    host: string;
    check: string;
    subject: string;
    where: string;
    expected: string;
    found: string;
    mend: string;
  }[];
  accepted: { host: string; check: string; subject: string; reason: string }[];
}

const KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJk0Vd8tq2bXQk7gZ5mBv8u3u1o5Vw0m5Jr1mTn3Strn";
const SECRET = "/opt/vpai/secrets/n8n/encryption_key";

/** What somebody does to a host by hand. */
const DONE = `set -eu
image=$(docker inspect --format '{{.Image}}' vpai_redis)
docker run --detach --name stranger --publish 18999:6379 --entrypoint sleep "$image" 600
useradd --create-home --shell /bin/bash mallory
echo "$1 mallory" >> /root/.ssh/authorized_keys
printf '[Service]\\nExecStart=/bin/sleep infinity\\n[Install]\\nWantedBy=multi-user.target\\n' > /etc/systemd/system/stranger.service
systemctl enable --quiet stranger.service
echo '* * * * * root true' > /etc/cron.d/stranger
mkdir -p /opt/stranger /usr/local/lib/systemd/system
for unit in /opt/stranger/linked.service /usr/local/lib/systemd/system/local.service /etc/systemd/user/stranger.service; do
  printf '[Service]\\nExecStart=/bin/sleep infinity\\n' > "$unit"
done
systemctl link --quiet /opt/stranger/linked.service
printf '#!/bin/sh\\n' > /etc/rc.local
echo 'mallory ALL=(ALL) NOPASSWD: ALL' > /etc/sudoers.d/stranger
cp -p /etc/sudoers /opt/stranger/sudoers
echo '# mallory was here' >> /etc/sudoers
sysctl --quiet --write net.ipv4.conf.all.accept_redirects=1
printf 'MaxSessions 99\\nTrustedUserCAKeys /etc/ssh/stranger.pub\\n' > /etc/ssh/sshd_config.d/00-stranger.conf
chmod 0644 "$2"`;

const UNDONE = `docker rm --force --volumes stranger >/dev/null 2>&1
userdel --remove mallory >/dev/null 2>&1
sed -i '/ mallory$/d' /root/.ssh/authorized_keys
systemctl disable --quiet stranger.service
rm -f /etc/systemd/system/stranger.service /etc/cron.d/stranger /etc/sudoers.d/stranger /etc/ssh/sshd_config.d/00-stranger.conf
rm -f /etc/systemd/system/linked.service /usr/local/lib/systemd/system/local.service /etc/systemd/user/stranger.service /etc/rc.local
[ ! -e /opt/stranger/sudoers ] || mv -f /opt/stranger/sudoers /etc/sudoers
rm -rf /opt/stranger
systemctl daemon-reload
sysctl --quiet --write net.ipv4.conf.all.accept_redirects=0
chmod 0400 "$1"`;

/** What make ends with when its command failed. */
const FAILED = 2;

let lab: Lab;
let host: LabHost;

beforeAll(async () => {
  lab = await sharedLab();
  host = await lab.host("sese-ai");
}, 1_500_000);

afterAll(() => host.run(["sh", "-c", UNDONE, "test", SECRET]));

async function audited(): Promise<{ code: number; told: Told }> {
  const { code, stdout } = await lab.makeArguments(["-s", "audit", "FORMAT=json"]);
  return { code, told: JSON.parse(stdout) as Told };
}

test("a lab that was just brought up is clean, but for what is accepted with a reason", async () => {
  const { code, told } = await audited();
  expect(told.findings.map(({ host: name, check, subject, found }) => `${name} ${check} ${subject}: ${found}`)).toEqual(
    [],
  );
  expect({ code, version: told.version, stack: told.stack, clean: told.clean }).toEqual({
    ...{ code: 0, version: 1, stack: "lab", clean: true },
  });
  expect(told.hosts).toEqual(["seko-vpn", "sese-ai", "workstation"].map((name) => ({ name, state: "audited" })));
  expect(Date.parse(told.at)).toBeGreaterThan(Date.now() - 600_000);
  const accepted = told.accepted.filter(({ check }) => check !== "sysctl").map(({ subject }) => subject);
  expect(accepted.sort()).toEqual(["vpai_caddy/pids", "vpai_n8n/pids", "vpai_postgresql/pids", "vpai_redis/pids"]);
  const kernel = told.accepted.filter(({ check }) => check === "sysctl").map(({ subject }) => subject);
  expect(kernel.filter((subject) => !subject.startsWith("kernel/"))).toEqual([]);
}, 600_000);

test("what somebody did by hand is named, thing by thing, and fails the command", async () => {
  await host.output(["sh", "-c", DONE, "test", KEY, SECRET]);
  const { code, told } = await audited();
  expect([code, told.clean]).toEqual([FAILED, false]);
  const named = told.findings
    .filter(({ host: name }) => name === "sese-ai")
    .map(({ check, subject }) => `${check} ${subject}`);
  expect(named).toEqual(
    expect.arrayContaining([
      "container stranger",
      "hardening stranger/address",
      "hardening stranger/capabilities",
      "hardening stranger/memory",
      "user mallory",
      `key root/${KEY.slice(-12)}`,
      "unit stranger.service",
      "unit linked.service",
      "unit /usr/local/lib/systemd/system/local.service",
      "unit /etc/systemd/user/stranger.service",
      "unit /etc/rc.local",
      "cron /etc/cron.d/stranger",
      "sudoers /etc/sudoers.d/stranger",
      "sudoers /etc/sudoers",
      "sysctl net.ipv4.conf.all.accept_redirects",
      "sshd MaxSessions",
      "sshd TrustedUserCAKeys",
      `file ${SECRET}`,
    ]),
  );
  expect(told.findings.filter(({ host: name }) => name !== "sese-ai")).toEqual([]);
  for (const finding of told.findings)
    expect(Object.values(finding).every((part) => typeof part === "string" && part !== "")).toBe(true);
}, 600_000);

test("a person gets a table of it, for one host", async () => {
  const { code, stdout } = await lab.makeArguments(["-s", "audit", "HOST=sese-ai"]);
  expect(code).toBe(FAILED);
  expect(stdout).toMatch(/^host +what +expected +found +how to mend$/m);
  expect(stdout).toMatch(
    /^sese-ai +container stranger +no container that the platform does not have +running, of sha256:/m,
  );
  expect(stdout).toMatch(/^sese-ai +sshd: MaxSessions +10 +99 /m);
  expect(stdout).not.toMatch(/^(seko-vpn|workstation)/m);
}, 600_000);

test("taken back, the host is clean again", async () => {
  await host.run(["sh", "-c", UNDONE, "test", SECRET]);
  const { code, told } = await audited();
  expect([code, told.findings]).toEqual([0, []]);
}, 600_000);

test("the night's look of the host says the same, as figures for the alert", async () => {
  const run = (): Promise<string> => lab.makeSucceed("run JOB=audit-sese-ai").then(({ all }) => all);
  const figures = async (): Promise<string[]> =>
    (await host.output(["cat", "/opt/vpai/data/metrics/audit.prom"]))
      .split("\n")
      .filter((line) => / [1-9]\d*$/.test(line));
  expect(await run()).toMatch(/\b0 findings/);
  expect(await figures()).toEqual([]);
  await host.output(["sh", "-c", DONE, "test", KEY, SECRET]);
  expect(await run()).toMatch(/container: stranger is not the platform's/);
  expect(await figures()).toEqual([
    'audit_findings{check="sshd"} 2',
    'audit_findings{check="sysctl"} 1',
    'audit_findings{check="container"} 1',
    'audit_findings{check="hardening"} 4',
    'audit_findings{check="file"} 1',
  ]);
}, 600_000);

test("a look before a change tells how each host does", async () => {
  const { stdout } = await lab.makeArguments(["-s", "safety-check"]);
  for (const name of ["seko-vpn", "sese-ai", "workstation"]) {
    expect(stdout).toMatch(new RegExp(`^${name} +login +lets us in$`, "m"));
    expect(stdout).toMatch(new RegExp(`^${name} +ssh fallback +answers without the VPN$`, "m"));
    expect(stdout).toMatch(new RegExp(`^${name} +engine +answers$`, "m"));
    expect(stdout).toMatch(new RegExp(`^${name} +clock +right$`, "m"));
  }
  expect(stdout).toMatch(/^this machine +secrets +can be opened$/m);
  expect(stdout).toMatch(/^sese-ai +backup +none yet +make run JOB=backup-sese-ai$/m);
}, 600_000);
