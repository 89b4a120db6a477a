import { spawn } from "node:child_process";
import path from "node:path";
import { type Implementation, implement, type Kind } from "../../providers/implementation";
import { sshdConfigKind } from "../../providers/resources/sshd-config";
import { type SysctlInputs, sysctlKind } from "../../providers/resources/sysctl";
import type { Connection } from "../../providers/ssh/connection";
import { Transport } from "../../providers/ssh/transport";
import { eventually } from "../eventually";
import { localDocker } from "./harness/docker";
import type { LabHost } from "./harness/host";
import { killProcess } from "./harness/processes";
import { sharedLab } from "./harness/shared";

/** sshd and the kernel of a real host: the checklist's values, nobody is locked out, and what a hand changed comes back. */

/** As `sshd -T` reports them for a host that we log in to as root; typed in from the checklist. */
const CHECKLIST: Record<string, string> = {
  permitrootlogin: "without-password",
  passwordauthentication: "no",
  kbdinteractiveauthentication: "no",
  permitemptypasswords: "no",
  maxauthtries: "2",
  logingracetime: "30",
  maxsessions: "10",
  maxstartups: "10:30:60",
  clientaliveinterval: "300",
  clientalivecountmax: "3",
  loglevel: "VERBOSE",
  x11forwarding: "no",
  allowagentforwarding: "no",
  permittunnel: "no",
  allowtcpforwarding: "local",
  allowstreamlocalforwarding: "no",
  allowusers: "root",
};

/** What a lab machine has of its own; typed in from the checklist. */
const KERNEL = [
  "net.ipv4.ip_forward = 1",
  "net.ipv4.tcp_syncookies = 1",
  ...["all", "default", "eth0"].flatMap((part) => [
    `net.ipv4.conf.${part}.rp_filter = 1`,
    `net.ipv4.conf.${part}.accept_redirects = 0`,
    `net.ipv4.conf.${part}.send_redirects = 0`,
    `net.ipv4.conf.${part}.accept_source_route = 0`,
    `net.ipv4.conf.${part}.log_martians = 1`,
    `net.ipv6.conf.${part}.accept_redirects = 0`,
  ]),
];

const GUARDS = "/var/lib/vpai/guard";
const OURS = "/etc/ssh/sshd_config.d/00-vpai.conf";

type Inputs = Parameters<typeof sshdConfigKind.ensure>[0];

let host: LabHost;
let container: string;
let inputs: Inputs;
let kernel: SysctlInputs;

const onHost = (script: string): Promise<string> => host.output(["sh", "-c", script]);

/** Runs in the machine itself, whatever sshd does. */
const inMachine = (script: string): Promise<string> => localDocker("exec", container, "sh", "-ec", script);

/** Waits no longer for a login than a test may take. */
const within = (seconds: number): Kind<Inputs> => ({
  ...sshdConfigKind,
  ...(sshdConfigKind.guarded === undefined ? {} : { guarded: { ...sshdConfigKind.guarded, seconds } }),
});

const sshd = implement(sshdConfigKind);
const sysctl = implement(sysctlKind);

const changed = (change: Partial<Inputs>): Inputs => ({ ...inputs, ...change });

async function drift<T extends object>(implementation: Implementation, state: T): Promise<boolean> {
  const { props } = await implementation.read("id", state);
  return (await implementation.diff("id", props, state)).changes ?? false;
}

/** A login of its own, and how long it took to get it. */
async function loginWithin(seconds: number): Promise<void> {
  const login = new Transport(inputs.connection, seconds * 1000);
  try {
    expect((await login.run(["true"])).code).toBe(0);
  } finally {
    login.close();
  }
}

/** The warnings of one change. */
async function warningsOf(work: () => Promise<unknown>): Promise<string> {
  const error = jest.spyOn(console, "error").mockImplementation(() => undefined);
  try {
    await work();
    return error.mock.calls.map(([said]) => String(said)).join("\n");
  } finally {
    error.mockRestore();
  }
}

/** What the stack of the lab says of the host, and holds it to. */
async function stateOf<T>(type: string): Promise<T> {
  const lab = await sharedLab();
  const { stdout } = await lab.pulumiSucceed(["stack", "export"]);
  const { deployment } = JSON.parse(stdout) as { deployment: { resources: { urn: string; outputs: T }[] } };
  const found = deployment.resources.find(({ urn }) => urn.endsWith(`$pulumi-nodejs:dynamic/vpai/host:${type}::workstation/${type === "Sysctl" ? "sysctl" : "sshd"}`));
  if (found === undefined) throw new Error(`the lab's state has no ${type} of the workstation`);
  return found.outputs;
}

beforeAll(async () => {
  const lab = await sharedLab();
  host = await lab.host("workstation");
  container = `${lab.identity.prefix}-workstation`;
  const { users, options, port } = await stateOf<Inputs>("SshdConfig");
  inputs = { connection: host.connection, users, options, port };
  const { values } = await stateOf<SysctlInputs>("Sysctl");
  kernel = { connection: host.connection, values, persisted: true };
}, 1_500_000);

/** Logins that failed are not to count against the tests that come. */
afterAll(() => inMachine(`rm -rf ${GUARDS}; fail2ban-client unban --all`));

test("an up has held sshd to the checklist", async () => {
  const effective = (await onHost("/usr/sbin/sshd -T")).split("\n");
  for (const [option, value] of Object.entries(CHECKLIST)) expect(effective).toContain(`${option} ${value}`);
  const { kexalgorithms, ciphers, macs } = Object.fromEntries(effective.map((line) => line.split(" "))) as Record<string, string>;
  expect([kexalgorithms, ciphers, macs].join(",")).not.toMatch(/sha1|md5|cbc|3des|arcfour|group14|group-exchange|nistp|umac-64/);
});

test("an up has held what the machine has of its own kernel to the checklist, and nothing else", async () => {
  const keys = KERNEL.map((line) => line.split(" ")[0]).join(" ");
  expect((await onHost(`sysctl ${keys}`)).split("\n")).toEqual(KERNEL);
  expect(await onHost("cat /etc/sysctl.d/99-vpai.conf")).not.toMatch(/^(kernel|fs|vm)\./m);
});

test("neither is changed by a look, nor by being made once more", async () => {
  expect(await drift(sshd, inputs)).toBe(false);
  expect(await drift(sysctl, kernel)).toBe(false);
  await sshd.create(inputs);
  expect(await drift(sshd, inputs)).toBe(false);
}, 120_000);

test("what would lock us out is refused before anything is touched", async () => {
  const before = await onHost(`stat -c %Y ${OURS}`);
  const faults = async (change: Partial<Inputs>): Promise<string[]> =>
    (await sshd.check(inputs, changed(change))).failures?.map(({ reason }) => reason) ?? [];
  expect(await faults({ users: ["somebody"] })).toEqual([
    "expected root in AllowUsers, as whom we log in, found somebody",
  ]);
  const { options } = inputs;
  expect(await faults({ options: { ...options, PermitRootLogin: "no" } })).toEqual([
    "expected PermitRootLogin without-password, as we log in as root: name another user in the stack's file for `no`, found no",
  ]);
  expect(await faults({ options: { ...options, PubkeyAuthentication: "no", AllowTcpForwarding: "no" } })).toHaveLength(2);
  expect(await onHost(`stat -c %Y ${OURS}`)).toBe(before);
});

test.each([
  ["an option in the main file, before all others", "sed -i '1i PasswordAuthentication yes' /etc/ssh/sshd_config"],
  ["an option for one user", "printf 'Match User root\\n  MaxAuthTries 9\\n' > /etc/ssh/sshd_config.d/95-hand.conf"],
  ["others who may come in", "echo 'AllowUsers somebody' > /etc/ssh/sshd_config.d/95-hand.conf"],
  ["our file, gone", `rm ${OURS}`],
])("sshd: %s is seen, and put right", async (_what, change) => {
  await inMachine(change);
  expect(await drift(sshd, inputs)).toBe(true);
  await sshd.update("sshd", inputs, inputs);
  expect(await drift(sshd, inputs)).toBe(false);
  await inMachine("rm -f /etc/ssh/sshd_config.d/95-hand.conf");
}, 120_000);

test.each([
  ["a value of one interface", "sysctl -q -w net.ipv4.conf.eth0.send_redirects=1"],
  ["a file that the next boot would read", "echo net.ipv4.conf.all.log_martians=0 >> /etc/sysctl.d/99-zz.conf"],
  ["our file, gone", "rm /etc/sysctl.d/99-vpai.conf"],
])("the kernel: %s is seen, and put right", async (_what, change) => {
  await inMachine(change);
  expect(await drift(sysctl, kernel)).toBe(true);
  await sysctl.update("sysctl", kernel, kernel);
  expect(await drift(sysctl, kernel)).toBe(false);
  await inMachine("rm -f /etc/sysctl.d/99-zz.conf");
}, 120_000);

test("a configuration that sshd does not accept never takes effect, and the sshd that runs goes on", async () => {
  await inMachine("echo 'Nonsense 3' > /etc/ssh/sshd_config.d/95-hand.conf");
  const pid = await onHost("systemctl show ssh --property MainPID --value");
  try {
    await expect(sshd.create(changed({ users: ["root", "somebody"] }))).rejects.toThrow(
      /expected a configuration that `sshd -t` accepts, found: .*95-hand\.conf.*Nonsense.*The host was put back to what it was before\.$/,
    );
    expect(await onHost("systemctl show ssh --property MainPID --value")).toBe(pid);
    expect(await onHost(`grep AllowUsers ${OURS}`)).toBe("AllowUsers root");
  } finally {
    await inMachine("rm /etc/ssh/sshd_config.d/95-hand.conf");
  }
}, 120_000);

test("AllowUsers without us is taken back by the host", async () => {
  await expect(implement(within(30)).create(changed({ users: ["somebody"] }))).rejects.toThrow(
    /^sshd on root@.*expected a login as .* after the change, found .*The host was put back to what it was before\.$/,
  );
  await loginWithin(5);
  expect(await onHost(`grep AllowUsers ${OURS}`)).toBe("AllowUsers root");
}, 180_000);

test("a port that nobody reaches is taken back by the host", async () => {
  await inMachine("iptables -I INPUT -p tcp --dport 2200 -j DROP");
  try {
    await expect(implement(within(30)).create(changed({ port: 2200 }))).rejects.toThrow(
      /:2200 after the change, found .*The host was put back to what it was before\.$/,
    );
  } finally {
    await inMachine("iptables -D INPUT -p tcp --dport 2200 -j DROP");
  }
  await loginWithin(5);
  expect(await inMachine("ss -Hltn 'sport = :2200'")).toBe("");
}, 180_000);

test("a port that is reached stays, and everything else logs in by it", async () => {
  const { outs } = (await sshd.create(changed({ port: 2200 }))) as { outs: Inputs };
  expect(outs.connection.port).toBe(2200);
  expect(await drift(sshd, outs)).toBe(false);
  await sshd.create({ ...outs, port: host.connection.port });
  await loginWithin(5);
  expect(await drift(sshd, inputs)).toBe(false);
}, 120_000);

/** A run of its own that is killed as soon as it has changed sshd so that nobody may come in. */
async function killedRun(): Promise<void> {
  const providers = path.join(__dirname, "../../providers");
  const program = `
    const { sshdConfigKind } = require(${JSON.stringify(path.join(providers, "resources/sshd-config.ts"))});
    const { implement } = require(${JSON.stringify(path.join(providers, "implementation.ts"))});
    const ensure = (inputs) => sshdConfigKind.ensure(inputs).then(() => { console.log("changed"); return new Promise(() => undefined); });
    setInterval(() => undefined, 1000);
    implement({ ...sshdConfigKind, ensure }).create(JSON.parse(process.env.INPUTS)).catch((error) => { console.error(error); process.exit(1); });`;
  const child = spawn(process.execPath, ["--require", "tsx/cjs", "--eval", program], {
    stdio: ["ignore", "pipe", "inherit"],
    env: { ...process.env, INPUTS: JSON.stringify(changed({ users: ["somebody"] })) },
  });
  try {
    await new Promise((resolve, reject) => {
      child.stdout.once("data", resolve);
      child.once("exit", () => reject(new Error("the run ended before it was killed")));
    });
  } finally {
    killProcess(child.pid ?? 0);
  }
}

test("after a run that was killed right after the change, a login works within 90 s, and the next change tells why", async () => {
  await killedRun();
  const began = Date.now();
  await expect(loginWithin(2)).rejects.toThrow();
  // Logins that fail often would be banned: whether the host has gone back is asked from inside.
  await eventually(() => inMachine(`test -e ${GUARDS}/*.reverted`), 80);
  await loginWithin(5);
  console.log(`a new login works ${Math.round((Date.now() - began) / 1000)} s after the change`);
  expect(Date.now() - began).toBeLessThan(90_000);
  expect(await warningsOf(() => sshd.create(inputs))).toMatch(
    /sshd on root@.*: the host took the last change back, .* UTC: no new login confirmed the change within 60 s\./,
  );
  expect(await warningsOf(() => sshd.create(inputs))).toBe("");
}, 240_000);

test("after a reboot before the confirmation, a login works within 90 s, and the next change tells why", async () => {
  await killedRun();
  const began = Date.now();
  await localDocker("restart", "--time", "5", container);
  await eventually(() => inMachine(`test -e ${GUARDS}/*.reverted`), 80);
  await loginWithin(10);
  console.log(`a new login works ${Math.round((Date.now() - began) / 1000)} s after the beginning of the reboot`);
  expect(await warningsOf(() => sshd.create(inputs))).toMatch(
    /the host was restarted before a new login had confirmed the change\./,
  );
}, 240_000);

test("a key that is taken away under a guard comes back", async () => {
  const file = "/root/.ssh/authorized_keys";
  const before = await onHost(`cat ${file}`);
  const kind: Kind<{ connection: Connection }> = {
    version: 1,
    identity: [],
    id: () => "keys",
    guarded: {
      name: "keys",
      seconds: 20,
      logins: ({ connection }) => ({ before: connection, after: connection }),
      files: () => [file],
      restore: () => ({ text: ":" }),
    },
    ensure: async (keys) => (await inMachine(`: > ${file}`), keys),
    observe: (state) => Promise.resolve(state),
    remove: () => Promise.resolve(),
  };
  await expect(implement(kind).create({ connection: host.connection })).rejects.toThrow(/was put back/);
  await loginWithin(5);
  expect(await onHost(`cat ${file}`)).toBe(before);
}, 120_000);

test("thirty logins at once get in, within MaxStartups", async () => {
  const many = Array.from({ length: 30 }, () => new Transport(inputs.connection));
  const began = Date.now();
  try {
    const answers = await Promise.all(many.map((login, index) => login.output(["printf", "%s", String(index)])));
    expect(answers).toEqual(Array.from({ length: 30 }, (_, index) => String(index)));
    console.log(`thirty logins at once: ${Date.now() - began} ms`);
  } finally {
    for (const login of many) login.close();
  }
}, 180_000);
