import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import path from "node:path";
import type { Drill } from "../../../commands/drill/report";
import { labIdentity } from "../../../toolchain/lab-identity";
import { LabHost } from "../harness/host";
import type { Lab } from "../harness/lab";
import { cleanEnvironment, run } from "../harness/run";
import { sharedLab } from "../harness/shared";

/**
 * `make drill` as a person types it: the core's newest backup, in a copy of the stack beside it. Packets are counted once more where the
 * copy cannot reach: in the kernel of this machine.
 */

const JOB = "backup-sese-ai";
const CANARY = "canary-of-the-drill";

let lab: Lab;
let host: LabHost;
/** What the copy is called on this machine. */
let copy: { directory: string; identity: ReturnType<typeof labIdentity> };

const iptables = (...args: string[]): string =>
  execFileSync("iptables", ["--wait", "--table", "raw", ...args], { encoding: "utf8" });

/** Packets of the copy's network to anywhere else. */
const leaving = (): string[] => [
  ...["PREROUTING", "--source", copy.identity.subnet, "!", "--destination", copy.identity.subnet],
  ...["--match", "addrtype", "--dst-type", "UNICAST", "--match", "comment", "--comment", "drill-test"],
];

/** How many of them this machine has seen. */
const seen = (): number =>
  Number(
    /^\s*(\d+).*drill-test/m.exec(iptables("--list", "PREROUTING", "--verbose", "--numeric", "--exact"))?.[1] ?? "-1",
  );

type Printed = Drill & {
  good: boolean;
  hosts: (Drill["hosts"][0] & { good: boolean; packets: { refused: number; past: number }; problems: string[] })[];
};

const CREDENTIAL = JSON.stringify([
  { id: "drillcanary00001", name: "canary", type: "httpHeaderAuth", data: { name: "x-canary", value: CANARY } },
]);

const left = async (): Promise<string> => {
  const label = `label=dev.vpai.lab=${copy.identity.id}`;
  const found = ["ps --all", "network ls", "volume ls"].map((what) =>
    run(["docker", ...what.split(" "), "--quiet", "--filter", label]),
  );
  return (await Promise.all(found)).map(({ stdout }) => stdout).join("");
};

beforeAll(async () => {
  lab = await sharedLab();
  host = await lab.host("sese-ai");
  const directory = path.join(lab.directory, ".vpai", "drill", "lab");
  copy = { directory, identity: labIdentity(directory) };
  const put = "umask 077; cat > /tmp/canary.json; n8n import:credentials --input=/tmp/canary.json; rm /tmp/canary.json";
  await host.output(["docker", "exec", "-i", "vpai_n8n", "sh", "-euc", put], { stdin: CREDENTIAL });
  await lab.makeSucceed(`run JOB=${JOB}`, { timeout: 600 });
  iptables("--insert", ...leaving());
}, 1_800_000);

afterAll(async () => {
  iptables("--delete", ...leaving());
  if (existsSync(copy.directory)) {
    const environment = { ...cleanEnvironment(), PULUMI_CONFIG_PASSPHRASE_FILE: `${copy.directory}/.vpai/passphrase` };
    await run(["make", "-C", copy.directory, "down"], { environment, timeout: 600 });
  }
  const drop = "DELETE FROM credentials_entity WHERE id = 'drillcanary00001'";
  await host.run(["docker", "exec", "vpai_postgresql", "psql", "-U", "postgres", "-d", "n8n", "-c", drop]);
  await host.run(["sh", "-c", "rm -rf /opt/vpai/backups /opt/vpai/data/metrics/drill.prom"]);
}, 900_000);

describe("a drill of the core", () => {
  let printed: Printed;
  let copied: LabHost;

  beforeAll(async () => {
    const { stdout } = await lab.makeSucceed("-s drill FORMAT=json KEEP=1", { timeout: 2400 });
    printed = JSON.parse(stdout) as Printed;
    const passphrase = { PULUMI_CONFIG_PASSPHRASE_FILE: `${copy.directory}/.vpai/passphrase` };
    const show = 'eval "$(make -s env)" && exec pulumi stack output --json --stack lab';
    const { hosts } = JSON.parse(
      execFileSync("sh", ["-c", show], {
        cwd: copy.directory,
        env: { ...cleanEnvironment(), ...passphrase },
        encoding: "utf8",
      }),
    ) as { hosts: Record<string, { connection: LabHost["connection"]; publicAddress: string }> };
    const { connection, publicAddress } = hosts["sese-ai"] as (typeof hosts)[string];
    copied = new LabHost("sese-ai", connection, publicAddress);
  }, 2_500_000);

  test("brings back every row and file, and says how long each service took, and how old its data are", () => {
    expect(printed.hosts.map(({ name, problems }) => [name, problems])).toEqual([["sese-ai", []]]);
    expect(printed.good).toBe(true);
    const services = printed.hosts[0]?.services ?? [];
    expect(services.map(({ name }) => name).sort()).toEqual(["caddy", "n8n", "postgresql", "redis"]);
    for (const { name, program, rtoSeconds, rpoSeconds, rows } of services) {
      expect([name, program.startsWith("real, ")]).toEqual([name, true]);
      expect(rtoSeconds).toBeGreaterThan(10);
      expect(rtoSeconds).toBeLessThanOrEqual(printed.seconds);
      expect([name, typeof rpoSeconds]).toEqual([name, name === "caddy" ? "undefined" : "number"]);
      if (name !== "redis") expect(rows.found).toBe(rows.expected);
    }
    expect(services.find(({ name }) => name === "n8n")?.rows.found).toBeGreaterThan(20);
    console.log(
      JSON.stringify(
        services.map(({ name, rtoSeconds, rpoSeconds, rows }) => ({ name, rtoSeconds, rpoSeconds, rows })),
      ),
    );
  });

  test("lets no packet out: neither by its own count, nor by this machine's; what it tried was refused", () => {
    expect(printed.hosts[0]?.packets.past).toBe(0);
    expect(printed.hosts[0]?.packets.refused).toBeGreaterThan(0);
    expect(seen()).toBe(0);
    console.log(`packets refused: ${printed.hosts[0]?.packets.refused}, out: ${seen()}`);
  });

  test("finds no name: not one that a lab's host finds at once, and none of the stack's", async () => {
    const registry = (of: string): string => `${of}-registry`;
    expect(await host.output(["getent", "hosts", registry(lab.identity.prefix)])).not.toBe("");
    for (const name of [registry(copy.identity.prefix), "mayi.vpai.test", "vpai.test"]) {
      expect((await copied.run(["getent", "hosts", name])).code).not.toBe(0);
      const ask = "require('dns').lookup(process.argv[1], (error) => process.exit(error ? 9 : 0))";
      expect((await copied.run(["docker", "exec", "vpai_n8n", "node", "-e", ask, name])).code).toBe(9);
    }
    expect(seen()).toBe(0);
  }, 120_000);

  test("has n8n read its credentials, and no other secret of the stack", async () => {
    const command = ["docker", "exec", "vpai_n8n", "n8n", "export:credentials", "--all", "--decrypted"];
    expect(await copied.output(command, { timeout: 240 })).toContain(CANARY);
    const secrets = await lab.generatedSecrets();
    const others = Object.entries(secrets).filter(([name]) => !name.includes("n8nEncryptionKey"));
    expect(others.length).toBeGreaterThan(3);
    const search = "grep -rlF -f - /opt /etc /root 2>/dev/null || :";
    const stdin = `${others.map(([, value]) => value).join("\n")}\n`;
    expect(await copied.output(["sh", "-c", search], { stdin })).toBe("");
  }, 300_000);

  test("changes nothing of the stack, and leaves figures for its collector", async () => {
    expect(await lab.preview()).toEqual({});
    const figures = await host.output(["cat", "/opt/vpai/data/metrics/drill.prom"]);
    expect(figures).toMatch(/^drill_last_exit_code 0$/m);
    expect(figures).toMatch(/^drill_rto_seconds\{service="n8n"\} \d+$/m);
    expect(figures).toMatch(/^drill_last_success_timestamp_seconds 1\d{9}$/m);
  }, 120_000);
});

test("a set that was damaged fails the drill, which takes the copy of before and its own away, and tells so", async () => {
  expect(existsSync(copy.directory)).toBe(true);
  const success = await host.output(["grep", "^drill_last_success", "/opt/vpai/data/metrics/drill.prom"]);
  await host.output(["sh", "-c", `cd /opt/vpai/backups; printf x >> "$(ls -d 0* | tail -1)/postgresql/n8n.dump"`]);
  const { code, all } = await lab.make("drill", { timeout: 2400 });
  expect(code).not.toBe(0);
  expect(all).toContain("Taking away the copy of an earlier drill");
  expect(all).toMatch(/found that it did not come/);
  expect([existsSync(copy.directory), await left()]).toEqual([false, ""]);
  expect(await host.output(["grep", "^drill_last", "/opt/vpai/data/metrics/drill.prom"])).toBe(
    `drill_last_exit_code 1\n${success}`,
  );
  expect(seen()).toBe(0);
}, 2_600_000);
