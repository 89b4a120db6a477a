import { setTimeout as sleep } from "node:timers/promises";
import { engineOptions } from "../../../providers/ssh/engine-options";
import { Transport } from "../../../providers/ssh/transport";
import { localDocker } from "../harness/docker";
import type { LabHost } from "../harness/host";
import type { Lab } from "../harness/lab";
import { run } from "../harness/run";
import { sharedLab } from "../harness/shared";

/** The SSH policy against OpenSSH's own server. */

let lab: Lab;
let host: LabHost;
beforeAll(async () => {
  lab = await sharedLab();
  host = await lab.host("sese-ai");
}, 1_500_000);
afterAll(async () => {
  await sshd("");
});

/** Runs a command in the machine itself, whatever its network does. */
const inMachine = (...argv: string[]): Promise<string> =>
  localDocker("exec", `${lab.identity.prefix}-sese-ai`, ...argv);

/** Gives the host's sshd a setting that wins over all others, or takes it away again. */
async function sshd(setting: string): Promise<void> {
  const file = "/etc/ssh/sshd_config.d/00-test.conf";
  await inMachine("sh", "-euc", 'printf "%s\\n" "$1" > "$0"; systemctl reload ssh', file, setting);
}

/** A connection of its own to the host, while `use` needs it. */
async function connected<T>(connection: LabHost["connection"], use: (host: Transport) => Promise<T>): Promise<T> {
  const transport = new Transport(connection);
  return use(transport).finally(() => transport.close());
}

test("S4: both clients go by a jump host", async () => {
  const jump = (await lab.host("seko-vpn")).connection;
  const connection = { ...host.connection, jump };
  expect(await connected(connection, (by) => by.output(["hostname"]))).toBe("sese-ai\n");
  const { user, host: address, port } = connection;
  const options = engineOptions(connection);
  const { stdout } = await run(["ssh", ...options, "-l", user, "-p", String(port), "-T", "--", address, "hostname"]);
  expect(stdout).toBe("sese-ai\n");
}, 60_000);

test("S9: commands and the Docker provider's connections keep within MaxSessions", async () => {
  await sshd("MaxSessions 2");
  const words = Array.from({ length: 10 }, (_, index) => String(index));
  const printed = await connected(host.connection, (few) =>
    Promise.all(words.map((word) => few.output(["sh", "-c", 'sleep 0.2; printf "$0"', word]))),
  );
  expect(printed).toEqual(words);
  const { user, host: address, port } = host.connection;
  const options = engineOptions(host.connection);
  const results = await Promise.all(
    words.map((word) =>
      run(["ssh", ...options, "-l", user, "-p", String(port), "-T", "--", address, `sleep 1; printf ${word}`]),
    ),
  );
  expect(results.map(({ stdout }) => stdout)).toEqual(words);
}, 120_000);

test("S9: a host that forwards no streams says so by the setting's name", async () => {
  await sshd("AllowTcpForwarding no");
  await connected(host.connection, (closed) =>
    expect(closed.forward("127.0.0.1", 22, () => Promise.resolve())).rejects.toThrow(/Set `AllowTcpForwarding yes`/),
  );
}, 60_000);

/** Replaces four containers, while `disturb` does what it does. @returns what `up` said, and after how many seconds */
async function changeFour(cpus: string, disturb: () => Promise<void>): Promise<{ all: string; seconds: number }> {
  for (const service of ["redis", "postgresql", "caddy", "n8n"]) {
    await lab.pulumiSucceed(["config", "set", "--path", `vpai:overrides.${service}.cpus`, cpus]);
  }
  const began = Date.now();
  const [{ all }] = await Promise.all([lab.makeSucceed("up"), disturb()]);
  const seconds = Math.round((Date.now() - began) / 1000);
  expect(all).not.toMatch(/unhandled|uncaught/i);
  return { all, seconds };
}

test.each(["0.71", "0.72", "0.73", "0.74", "0.75"])(
  "S11: four services are changed through MaxStartups 2:60:4, to %s processors",
  async (cpus) => {
    await sshd("MaxStartups 2:60:4");
    const { seconds } = await changeFour(cpus, () => Promise.resolve());
    console.log(`MaxStartups 2:60:4: up took ${seconds} s`);
  },
  600_000,
);

const blackhole = (verb: "-I" | "-D"): Promise<string> =>
  inMachine("iptables", verb, "INPUT", "-p", "tcp", "--dport", "22", "-j", "DROP");

/** Deals so with packets that arrive at sshd, each by chance. */
const byChance =
  (probability: string, ...fate: string[]) =>
  (verb: "-I" | "-D"): Promise<string> =>
    inMachine(
      ...["iptables", verb, "INPUT", "-p", "tcp", "--dport", "22", "-m", "statistic", "--mode", "random"],
      ...["--probability", probability, "-j", ...fate],
    );

/** One packet in a hundred ends its connection. */
const resets = byChance("0.01", "REJECT", "--reject-with", "tcp-reset");

const losses = byChance("0.3", "DROP");

test("S11: three packets in ten are lost, from the start of a run to its end", async () => {
  await losses("-I");
  try {
    const { seconds } = await changeFour("0.61", () => Promise.resolve());
    console.log(`30 % of packets lost: up took ${seconds} s`);
  } finally {
    await losses("-D");
  }
  await expect(lab.pulumi(["preview", "--expect-no-changes"])).resolves.toMatchObject({ code: 0 });
}, 1_200_000);

test.each([
  [
    "T7: sshd that refuses for 30 s, its connections reset",
    "0.62",
    async () => {
      await sshd("");
      await sleep(12_000);
      await inMachine("sh", "-c", "systemctl stop ssh; pkill -9 sshd-session; sleep 30; systemctl start ssh");
    },
  ],
  [
    "T6: SSH that is blackholed for 60 s",
    "0.63",
    async () => {
      await sleep(12_000);
      await blackhole("-I");
      await sleep(60_000);
      await blackhole("-D");
    },
  ],
  [
    "T9: a power cut",
    "0.64",
    async () => {
      await sleep(12_000);
      await localDocker("kill", `${lab.identity.prefix}-sese-ai`);
      await localDocker("start", `${lab.identity.prefix}-sese-ai`);
    },
  ],
  [
    "T8: a neighbour's 100 logins that are held open for 40 s",
    "0.65",
    async () => {
      await sleep(6000);
      const flood = 'for i in $(seq 100); do exec {held}<>"/dev/tcp/$0/22"; done; sleep 40';
      await localDocker("exec", `${lab.identity.prefix}-seko-vpn`, "bash", "-c", flood, host.connection.host);
    },
  ],
  [
    "S11: every connection reset at a random byte",
    "0.66",
    async () => {
      await resets("-I");
      await sleep(60_000);
      await resets("-D");
    },
  ],
])(
  "%s in the middle of a run is waited for",
  async (what, cpus, disturb) => {
    const { seconds } = await changeFour(cpus, disturb);
    console.log(`${what}: up took ${seconds} s`);
    await expect(lab.pulumi(["preview", "--expect-no-changes"])).resolves.toMatchObject({ code: 0 });
    await lab.makeSucceed("status");
  },
  900_000,
);
