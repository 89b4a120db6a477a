import { randomBytes } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, statSync } from "node:fs";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { localDocker } from "./harness/docker";
import type { LabHost } from "./harness/host";
import type { Lab } from "./harness/lab";
import { type Needle, needle, traces } from "./harness/needle";
import { lastLines, type Result, run } from "./harness/run";
import { sharedLab, upOutput } from "./harness/shared";

/** Secrets reach their program byte for byte, and can be found nowhere else. */

const mark = (): string => `canary${randomBytes(12).toString("hex")}`;

/** What breaks shells, templates, YAML, JSON and URLs. */
const ODD = `it's "quoted" $HOME \${HOME} $(id) \`id\` %s %25 {{ .Secret }} {{secret}} \\n \\ # : & <b> é 世界 🦆`;

const KEY_MARKS = [mark(), mark(), mark()];
const FILLER = `${ODD}\n\ttab, carriage return\r\n`.repeat(40);
const ENCRYPTION_KEY = ` ${ODD}\n${KEY_MARKS[0]}\n${FILLER}${KEY_MARKS[1]}${FILLER}\n\n${KEY_MARKS[2]}'"$`;

const PASSWORD_MARKS = [mark(), mark()];
const PASSWORD = `${PASSWORD_MARKS[0]} ${ODD} ${PASSWORD_MARKS[1]}`;

const N8N_CONFIG = "/opt/vpai/data/n8n/config";
const SECRETS = "/opt/vpai/secrets";

let lab: Lab;
let host: LabHost;
let needles: Needle[];
let up: Result;
const processes = { here: "", there: "" };
/** Where programs of the `up` put their temporary files. */
let scratch: string;

beforeAll(async () => {
  lab = await sharedLab();
  host = await lab.host("sese-ai");
  scratch = path.join(lab.directory, ".vpai", "lab", "tmp");
  mkdirSync(scratch, { recursive: true });
  needles = [needle("n8nEncryptionKey", KEY_MARKS), needle("n8nDatabasePassword", PASSWORD_MARKS)];
  for (const [name, value] of Object.entries(await lab.generatedSecrets())) needles.push(needle(name, [value]));
  await lab.pulumiSucceed(["config", "set", "--secret", "secrets:n8nEncryptionKey"], { stdin: ENCRYPTION_KEY });
  await lab.pulumiSucceed(["config", "set", "--secret", "secrets:n8nDatabasePassword"], { stdin: PASSWORD });
  await forgetKey();
  up = await watchedUp();
}, 1_800_000);

// Whoever comes next gives n8n another key.
afterAll(() => forgetKey());

/** n8n notes its key in its data folder and refuses every other one. */
const forgetKey = (): Promise<string> => host.output(["rm", "-f", N8N_CONFIG]);

/** An `up` that says everything it can, while the process lists here and on the host are watched. */
async function watchedUp(): Promise<Result> {
  const environment = { ...(await lab.environment()), TMPDIR: scratch };
  let over = false;
  const here = watchHere(() => over);
  const there = host.run(["sh", "-c", "rm -f /tmp/over; while [ ! -e /tmp/over ]; do ps auxww; sleep 0.1; done"], {
    timeout: 600,
  });
  const result = await lab.pulumi(["up", "--yes", "--skip-preview", "-v=9", "--logflow"], { environment });
  over = true;
  await host.output(["touch", "/tmp/over"]);
  processes.here = await here;
  processes.there = (await there).stdout;
  return result;
}

async function watchHere(isOver: () => boolean): Promise<string> {
  const lists: string[] = [];
  while (!isOver()) {
    lists.push((await run(["ps", "auxww"])).stdout);
    await sleep(100);
  }
  return lists.join("");
}

/** A release keeps n8n's data folder as it was, where n8n has noted its key. Root alone may look into the folder. */
const isKeptRelease = (file: string): boolean =>
  /^\/opt\/vpai\/releases\/n8n\/[^/]+\/n8n-files\/files\.tar$/.test(file);

const bytesOf = async (container: string, file: string): Promise<string> =>
  Buffer.from(await host.docker("exec", container, "base64", "-w0", file), "base64").toString("utf8");

/** Every file below a folder of this machine, and the folder's own path for messages. */
function filesBelow(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name));
}

/**
 * Pulumi's own log, which only `-v` writes, to a file. From level 9 on the engine puts every property into it as it is,
 * secrets too, whatever the program does (docs/runbook.md).
 */
const isEngineLog = (file: string): boolean => /^pulumi.*\.log\./.test(path.basename(file));

describe("the secrets arrive", () => {
  test("with an up that succeeds", () => {
    expect({ code: up.code, end: up.code === 0 ? "" : lastLines(up.stdout) }).toEqual({ code: 0, end: "" });
    expect(Buffer.byteLength(ENCRYPTION_KEY)).toBeGreaterThan(10_000);
  });

  test("byte for byte in n8n's container", async () => {
    expect(await bytesOf("vpai_n8n", "/run/secrets/encryption_key")).toBe(ENCRYPTION_KEY);
    expect(await bytesOf("vpai_n8n", "/run/secrets/database_password")).toBe(PASSWORD);
  });

  test("and n8n works with them", async () => {
    await host.becomesHealthy(60);
    const config = JSON.parse(await host.output(["cat", N8N_CONFIG])) as { encryptionKey: string };
    // n8n itself leaves out white space around its key.
    expect(config.encryptionKey).toBe(ENCRYPTION_KEY.trim());
    const query = 'PGPASSWORD=$(cat) psql -h 127.0.0.1 -U n8n -d n8n -tAc "SELECT count(*) > 0 FROM settings"';
    const answer = await host.output(["docker", "exec", "-i", "vpai_postgresql", "sh", "-c", query], {
      stdin: PASSWORD,
    });
    expect(answer).toBe("t");
  });
});

describe("the search", () => {
  test.each([
    ["as it is", (text: string) => text],
    ["as JSON in JSON", (text: string) => JSON.stringify(JSON.stringify(text))],
    ["in a URL", (text: string) => encodeURIComponent(text)],
    ["in base64", (text: string) => Buffer.from(text).toString("base64")],
    ["in base64 of something longer", (text: string) => Buffer.from(`{"password":"${text}"}`).toString("base64")],
    ["in hexadecimal", (text: string) => Buffer.from(text).toString("hex")],
  ])("finds a secret %s", (_form, write) => {
    const names = needles.slice(0, 2).map(({ name }) => name);
    const found = [ENCRYPTION_KEY, PASSWORD].map((value) =>
      traces(`before ${write(value)} after`, needles).map((trace) => trace.split(" ")[0]),
    );
    expect(found).toEqual(names.map((name) => [name]));
  });

  test("looks for the generated secrets too", () => {
    expect(needles.map(({ name }) => name)).toEqual(expect.arrayContaining(["postgresqlPassword", "redisPassword"]));
  });
});

describe("the secrets are not", () => {
  test("in the output of an up that logs everything", () => {
    const logged = filesBelow(scratch)
      .filter(isEngineLog)
      .map((file) => statSync(file).size);
    expect(Math.max(0, ...logged)).toBeGreaterThan(100_000);
    expect(up.all).toContain("Resources:");
    expect(traces(up.all, needles)).toEqual([]);
  });

  test("in the output of the first up, which generated some", () => {
    expect(upOutput()).toContain("postgresqlPassword");
    expect(traces(upOutput(), needles)).toEqual([]);
  });

  test("in the state, its history, the stack file or temporary files", () => {
    const files = [
      ...filesBelow(path.join(lab.directory, ".vpai", "lab")),
      path.join(lab.directory, "Pulumi.lab.yaml"),
    ];
    expect(files.filter((file) => file.endsWith("/stacks/vpai/lab.json"))).toHaveLength(1);
    const ours = files.filter((file) => !isEngineLog(file));
    expect(ours.flatMap((file) => traces(readFileSync(file), needles).map((trace) => `${file}: ${trace}`))).toEqual([]);
  });

  test("in a process list, here or on the host", () => {
    expect(processes.here).toContain("pulumi up");
    expect(processes.there).toContain("n8n");
    expect(traces(processes.here, needles)).toEqual([]);
    expect(traces(processes.there, needles)).toEqual([]);
  });

  test("in what Docker tells of a container, here or on the host", async () => {
    const there = await host.output(["sh", "-c", "docker inspect $(docker ps --all --quiet)"]);
    expect(there).toContain("DB_POSTGRESDB_PASSWORD_FILE=/run/secrets/database_password");
    const ids = (
      await localDocker("ps", "--all", "--quiet", "--filter", `label=dev.vpai.lab=${lab.identity.id}`)
    ).split("\n");
    expect(traces(there, needles)).toEqual([]);
    expect(traces(await localDocker("inspect", ...ids), needles)).toEqual([]);
  });

  test("in a container's log", async () => {
    const logs = await host.output(["sh", "-c", "for c in $(docker ps --all --quiet); do docker logs $c 2>&1; done"]);
    expect(logs).toContain("database system is ready to accept connections");
    expect(traces(logs, needles)).toEqual([]);
  });

  test("in a host's journal", async () => {
    for (const each of await lab.hosts()) {
      const journal = await each.output(["journalctl", "--no-pager", "--output", "json"]);
      expect(journal).toContain("Accepted publickey");
      expect(traces(journal, needles)).toEqual([]);
    }
  });

  test("in any file of the host but those for them", async () => {
    const patterns = needles.flatMap(({ traces: forms }) => forms.map((form) => form.toString())).join("\n");
    const folders = [
      "/etc",
      "/home",
      "/opt",
      "/root",
      "/srv",
      "/tmp",
      "/var/log",
      "/var/tmp",
      "/var/lib/docker/containers",
      "/run",
    ];
    const found = await host.run(["grep", "-rlaF", "--devices=skip", "--file=-", ...folders], {
      stdin: `${patterns}\n`,
    });
    expect(
      found.stdout
        .trim()
        .split("\n")
        .filter((file) => !file.startsWith("/run/docker/") && !isKeptRelease(file))
        .sort(),
    ).toEqual([
      N8N_CONFIG,
      // Of those that the stack made; n8n's two were given.
      "/opt/vpai/made-secrets/monitoringWriteKey",
      "/opt/vpai/made-secrets/n8nAdminPassword",
      "/opt/vpai/made-secrets/postgresqlPassword",
      "/opt/vpai/made-secrets/redisPassword",
      // What the nightly backup logs in to Redis with.
      `${SECRETS}/backup-sese-ai/redis.secret`,
      `${SECRETS}/caddy/monitoringWriteKey`,
      `${SECRETS}/n8n/database_password`,
      `${SECRETS}/n8n/encryption_key`,
      `${SECRETS}/postgresql/superuser_password`,
    ]);
  });

  test("in what a user of the host can read of the kept releases", async () => {
    expect(await host.output(["stat", "--format", "%U %a", "/opt/vpai/releases"])).toBe("root 700");
  });
});
