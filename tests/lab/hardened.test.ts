import { type Implementation, implement } from "../../providers/implementation";
import { sysctlKind } from "../../providers/resources/sysctl";
import { Transport } from "../../providers/ssh/transport";
import { HardenedHost, OURS, sshd, type SshdInputs } from "./harness/hardened";
import { sharedLab } from "./harness/shared";

/** sshd and the kernel of a real host: the checklist's values, and what a hand changed comes back. */

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

const sysctl = implement(sysctlKind);

let on: HardenedHost;

beforeAll(async () => {
  on = await HardenedHost.of(await sharedLab(), "workstation");
}, 1_500_000);

afterAll(() => on.forget());

/** Whether a refresh sees a difference, of what an `up` of this program has made. */
async function drift<T extends object>(implementation: Implementation, inputs: T): Promise<boolean> {
  const read = await implementation.read("id", { ...inputs, version: 1 });
  return (await implementation.diff("id", read.props as T, inputs)).changes ?? false;
}

test("an up has held sshd to the checklist", async () => {
  const effective = (await on.onHost("/usr/sbin/sshd -T")).split("\n");
  for (const [option, value] of Object.entries(CHECKLIST)) expect(effective).toContain(`${option} ${value}`);
  const algorithms = effective.filter((line) => /^(kexalgorithms|ciphers|macs) /.test(line));
  expect(algorithms).toHaveLength(3);
  expect(algorithms.join("\n")).not.toMatch(/sha1|md5|cbc|3des|arcfour|group14|group-exchange|nistp|umac-64/);
});

test("an up has held what the machine has of its own kernel to the checklist, and nothing else", async () => {
  const keys = KERNEL.map((line) => line.split(" ")[0]).join(" ");
  expect((await on.onHost(`sysctl ${keys}`)).split("\n")).toEqual(KERNEL);
  expect(await on.onHost("cat /etc/sysctl.d/99-vpai.conf")).not.toMatch(/^(kernel|fs|vm)\./m);
});

test("neither is changed by a look, nor by being made once more", async () => {
  expect(await drift(sshd, on.inputs)).toBe(false);
  expect(await drift(sysctl, on.kernel)).toBe(false);
  await sshd.create(on.inputs);
  expect(await drift(sshd, on.inputs)).toBe(false);
}, 120_000);

test("what would lock us out is refused before anything is touched", async () => {
  const before = await on.onHost(`stat -c %Y ${OURS}`);
  const faults = async (change: Partial<SshdInputs>): Promise<string[]> =>
    (await sshd.check(on.inputs, on.changed(change))).failures?.map(({ reason }) => reason) ?? [];
  expect(await faults({ users: ["somebody"] })).toEqual([
    "expected root in AllowUsers, as whom we log in, found somebody",
  ]);
  const { options } = on.inputs;
  expect(await faults({ options: { ...options, PermitRootLogin: "no" } })).toEqual([
    "expected PermitRootLogin without-password, as we log in as root: name another user in the stack's file for `no`, found no",
  ]);
  expect(await faults({ options: { ...options, PubkeyAuthentication: "no", AllowTcpForwarding: "no" } })).toHaveLength(
    2,
  );
  expect(await on.onHost(`stat -c %Y ${OURS}`)).toBe(before);
});

test.each([
  ["an option in the main file, before all others", "sed -i '1i PasswordAuthentication yes' /etc/ssh/sshd_config"],
  ["an option for one user", "printf 'Match User root\\n  MaxAuthTries 9\\n' > /etc/ssh/sshd_config.d/95-hand.conf"],
  ["others who may come in", "echo 'AllowUsers somebody' > /etc/ssh/sshd_config.d/95-hand.conf"],
  ["our file, gone", `rm ${OURS}`],
])(
  "sshd: %s is seen, and put right",
  async (_what, change) => {
    await on.inMachine(change);
    expect(await drift(sshd, on.inputs)).toBe(true);
    await sshd.update("sshd", on.inputs, on.inputs);
    expect(await drift(sshd, on.inputs)).toBe(false);
    await on.inMachine("rm -f /etc/ssh/sshd_config.d/95-hand.conf");
  },
  120_000,
);

test.each([
  ["a value of one interface", "sysctl -q -w net.ipv4.conf.eth0.send_redirects=1"],
  ["a file that the next boot would read", "echo net.ipv4.conf.all.log_martians=0 >> /etc/sysctl.d/99-zz.conf"],
  ["our file, gone", "rm /etc/sysctl.d/99-vpai.conf"],
])(
  "the kernel: %s is seen, and put right",
  async (_what, change) => {
    await on.inMachine(change);
    expect(await drift(sysctl, on.kernel)).toBe(true);
    await sysctl.update("sysctl", on.kernel, on.kernel);
    expect(await drift(sysctl, on.kernel)).toBe(false);
    await on.inMachine("rm -f /etc/sysctl.d/99-zz.conf");
  },
  120_000,
);

test("a configuration that sshd does not accept never takes effect, and the sshd that runs goes on", async () => {
  await on.inMachine("echo 'Nonsense 3' > /etc/ssh/sshd_config.d/95-hand.conf");
  const pid = await on.onHost("systemctl show ssh --property MainPID --value");
  try {
    await expect(sshd.create(on.changed({ users: ["root", "somebody"] }))).rejects.toThrow(
      /expected a configuration that `sshd -t` accepts, found: .*95-hand\.conf.*Nonsense.*The host was put back to what it was before\.$/,
    );
    expect(await on.onHost("systemctl show ssh --property MainPID --value")).toBe(pid);
    expect(await on.onHost(`grep AllowUsers ${OURS}`)).toBe("AllowUsers mobuone root");
  } finally {
    await on.inMachine("rm /etc/ssh/sshd_config.d/95-hand.conf");
  }
}, 120_000);

test("out of the stack, sshd is what its own files say, and lets us in", async () => {
  await sshd.delete("sshd", on.inputs);
  await on.logInWithin(5);
  expect(await on.onHost("/usr/sbin/sshd -T | grep -E '^(allowusers|maxstartups) '")).toBe("maxstartups 10:30:100");
  await sshd.create(on.inputs);
  expect(await drift(sshd, on.inputs)).toBe(false);
}, 120_000);

test("thirty logins at once get in, within MaxStartups", async () => {
  const many = Array.from({ length: 30 }, () => new Transport(on.inputs.connection));
  const began = Date.now();
  try {
    const answers = await Promise.all(many.map((login, index) => login.output(["printf", "%s", String(index)])));
    expect(answers).toEqual(Array.from({ length: 30 }, (_, index) => String(index)));
    console.log(`thirty logins at once: ${Date.now() - began} ms`);
  } finally {
    for (const login of many) login.close();
  }
}, 180_000);
