import { setTimeout as sleep } from "node:timers/promises";
import { engineOptions } from "../../../providers/ssh/engine-options";
import { Transport } from "../../../providers/ssh/transport";
import { localDocker } from "../harness/docker";
import type { LabHost } from "../harness/host";
import type { Lab } from "../harness/lab";
import { run } from "../harness/run";
import { sharedLab } from "../harness/shared";
import { blackhole, cuts, cutSoFar, losses } from "../harness/ssh-faults";

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

const SERVICES = ["redis", "postgresql", "caddy", "n8n"];

/** Seconds that each run took, for whoever reads the end of this file's output. */
const took: [string, number][] = [];

afterAll(() => console.log(took.map(([what, seconds]) => `${what}: up took ${seconds} s`).join("\n")));

/** Replaces four containers, while `disturb` does what it does: that one `up` gets there. @param cpus another figure for each run */
async function changeFour(what: string, cpus: string, disturb: () => Promise<void>): Promise<void> {
  for (const service of SERVICES)
    await lab.pulumiSucceed(["config", "set", "--path", `vpai:overrides.${service}.cpus`, cpus]);
  const began = Date.now();
  const [{ all }] = await Promise.all([lab.makeSucceed("up"), disturb()]);
  took.push([what, Math.round((Date.now() - began) / 1000)]);
  expect(all).not.toMatch(/unhandled|uncaught/i);
  for (const service of SERVICES) {
    const { HostConfig } = await host.container(`vpai_${service}`);
    expect([service, HostConfig.NanoCpus]).toEqual([service, Number(cpus) * 1e9]);
  }
}

const nothingLeft = async (): Promise<void> => {
  await expect(lab.pulumi(["preview", "--expect-no-changes"])).resolves.toMatchObject({ code: 0 });
  await lab.makeSucceed("status");
};

test.each(["0.71", "0.72", "0.73", "0.74", "0.75"])(
  "S11: four services are changed through MaxStartups 2:60:4, to %s processors",
  async (cpus) => {
    await sshd("MaxStartups 2:60:4");
    await changeFour("MaxStartups 2:60:4", cpus, () => Promise.resolve());
  },
  600_000,
);

test("S11: and nothing is left to do", async () => {
  await sshd("");
  await nothingLeft();
}, 300_000);

const inShell = (script: string): Promise<string> => inMachine("sh", "-euc", script);

test.each([
  ["S11: three packets in ten are lost", "0.61", losses(0.3)],
  ["S11: one packet in a hundred is lost", "0.67", losses(0.01)],
  ["S11: every connection is reset at a random byte", "0.66", cuts()],
])(
  "%s, from the start of a run to its end",
  async (what, cpus, fault) => {
    const end = await fault(inShell);
    let met = "";
    try {
      await changeFour(what, cpus, () => Promise.resolve());
      if (what.includes("reset")) met = `${await cutSoFar(inShell)} resets were sent`;
    } finally {
      await end();
    }
    if (met !== "") console.log(met);
    expect(met).not.toBe("0 resets were sent");
    await nothingLeft();
  },
  1_200_000,
);

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
      const end = await blackhole()(inShell);
      await sleep(60_000);
      await end();
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
])(
  "%s in the middle of a run is waited for",
  async (what, cpus, disturb) => {
    await changeFour(what, cpus, disturb);
    await nothingLeft();
  },
  900_000,
);
