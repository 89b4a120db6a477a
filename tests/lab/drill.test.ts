import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import path from "node:path";
import { BackupProgram } from "../../commands/backups/host";
import { drillHost, type Rehearsed } from "../../commands/drill/host";
import { tellFigures } from "../../commands/drill/metrics";
import { type DrilledHost, isGood } from "../../commands/drill/report";
import { ensureImage } from "../../lab/images/build";
import { backupScripts } from "../../programs/backup";
import { implementations } from "../../providers";
import { Transport } from "../../providers/ssh/transport";
import { projectRoot } from "../../toolchain/environment";
import { eventually } from "../eventually";
import { BareHost } from "./harness/bare-host";
import { run as prefix } from "./harness/containers";

/**
 * What a drill does on a host, with real servers: a set of one platform's folder comes back in another one's. Whole platforms, and the copy
 * itself, are in tests/lab/long/drill.test.ts.
 */

const host = BareHost.use("copy");

/** References of the servers' images. */
const images = { postgres: "", redis: "" };

const PASSWORD = "canary-password";
const JOB = "backup-sese-ai";
const MINUTE = 60_000;

const folderOf = (platform: string): string => `/opt/${platform}`;
const program = (platform: string): string => `${folderOf(platform)}/configs/${JOB}`;

/** Everything that is written on the host goes by standard input. */
const put = (file: string, content: string, mode = "0644"): void =>
  void execFileSync(
    "docker",
    [
      "exec",
      "--interactive",
      `${prefix}-copy`,
      "sh",
      "-euc",
      'mkdir -p "$(dirname "$1")"; cat > "$1"; chmod "$2" "$1"',
      "sh",
      file,
      mode,
    ],
    { input: content },
  );

const PLAN = [
  "host|sese-ai",
  "part|postgresql|postgresql|postgresql|-|postgres|+shop",
  "part|redis|redis|redis|redis.secret|{folder}/data/redis",
  "part|app-files|app|files|-|{folder}/data/app",
  ...["item|postgresql|shop|app", "item|redis|all|redis", "item|app-files|all|app"],
];

const METHODS = ["capabilities/backups/postgresql.sh", "capabilities/backups/redis.sh", "programs/backup/files.sh"];

/** Puts a platform's folder there, with its programs; the app writes a file at each of its starts. */
function putPlatform(platform: string): void {
  const [folder, at] = [folderOf(platform), program(platform)];
  for (const [file, content] of Object.entries(backupScripts())) put(`${at}/${file}`, content);
  for (const file of METHODS) put(`${at}/${path.basename(file)}`, readFileSync(path.join(projectRoot, file), "utf8"));
  put(`${at}/plan`, PLAN.map((line) => `${line.replaceAll("|", "\t")}\n`).join(""));
  put(`${folder}/secrets/${JOB}/redis.secret`, PASSWORD, "0400");
  put(`${folder}/users.acl`, `user default on #${createHash("sha256").update(PASSWORD).digest("hex")} ~* &* +@all\n`);
  const argv = ["/bin/bash", `${at}/backup.sh`, folder, `${platform}_`, "-"].map((word) => `"${word}"`).join(" ");
  put(
    `/etc/systemd/system/backup-${platform}.service`,
    `[Service]\nType=oneshot\nEnvironment=BACKUP_MARGIN=1048576\nExecStart=/usr/bin/env ${argv} "run"\n`,
  );
  const healthy = "--health-cmd true --health-interval 1s";
  host()
    .sh(`mkdir -p ${folder}/data/redis ${folder}/data/app ${folder}/data/metrics; chown 999:999 ${folder}/data/redis; chown 1000:1000 ${folder}/data/app
docker run --detach --name ${platform}_postgresql --network egress ${healthy} --env POSTGRES_PASSWORD=canary ${images.postgres}
docker run --detach --name ${platform}_redis --network egress ${healthy} --volume ${folder}/data/redis:/data \\
  --volume ${folder}/users.acl:/etc/users.acl:ro ${images.redis} redis-server --appendonly yes --aclfile /etc/users.acl
docker run --detach --name ${platform}_app --network egress ${healthy} --user 1000:1000 --volume ${folder}/data/app:/data \\
  --entrypoint bash ${images.redis} -c 'echo started > /data/at-start-$$-$RANDOM; exec sleep infinity'`);
}

const sql = (platform: string, statement: string, database = "postgres"): string =>
  host().sh(
    `docker exec ${platform}_postgresql psql -XAtq -U postgres -d ${database} -v ON_ERROR_STOP=1 -c "${statement}"`,
  );

const backup = (platform: string, ...verb: string[]): string =>
  host().sh(
    `BACKUP_MARGIN=1048576 bash ${program(platform)}/backup.sh ${folderOf(platform)} ${platform}_ - ${verb.join(" ")}`,
  );

let set: string;

beforeAll(async () => {
  for (const one of ["postgres", "redis"] as const) {
    images[one] = await ensureImage(one);
    execFileSync(
      "sh",
      ["-c", 'docker save "$1" | docker exec --interactive "$2" docker load', "sh", images[one], `${prefix}-copy`],
      {
        stdio: "ignore",
      },
    );
  }
  host().sh("docker network create egress");
  for (const platform of ["source", "copy"]) putPlatform(platform);
  host().sh("systemctl daemon-reload");
  for (const platform of ["source", "copy"]) {
    await eventually(() => sql(platform, "CREATE DATABASE shop"), 60);
    // Its entrypoint starts it once more in between.
    const tables = ["orders", "empty"].map((name) => `CREATE TABLE IF NOT EXISTS ${name} (id int)`).join("; ");
    await eventually(() => sql(platform, tables, "shop"), 60);
  }
  sql("source", "INSERT INTO orders SELECT generate_series(1, 1000)", "shop");
  host()
    .sh(`for i in 1 2 3 4 5 6 7; do docker exec --env REDISCLI_AUTH=${PASSWORD} source_redis redis-cli set key:$i $i; done
printf 'a letter\\n' > /opt/source/data/app/letter; mkdir -m 0750 /opt/source/data/app/deep; chown -R 1000:1000 /opt/source/data/app`);
  backup("source", "run");
  set = host().sh("ls /opt/source/backups | tail -n 1").trim();
  await implementations.hostIsolation!.create({ connection: host().connection, own: [], differences: [] });
}, 25 * MINUTE);

/** What a drill knows, as `make drill` gathers it. */
async function known(): Promise<Rehearsed> {
  const { connection } = host();
  const container = (name: string, of: keyof typeof images) => ({ container: `copy_${name}`, image: images[of] });
  const transport = new Transport(connection);
  const source = await BackupProgram.of(transport, "backup-source.service");
  const originals = (await source.manifests()).filter((one) => one.set === set);
  transport.close();
  const began = Date.now();
  return {
    newest: {
      ...{
        host: "sese-ai",
        set,
        bytes: originals[0]?.bytes ?? 0,
        started: new Date(began - 3_600_000).toISOString(),
        from: "its host",
      },
      give: { connection, argv: source.command("serve", `get ${set}`) },
    },
    original: originals[0],
    copied: {
      "sese-ai": {
        ...{ connection, publicAddress: "", jobs: { [JOB]: { unit: "backup-copy.service" } } },
        services: {
          postgresql: container("postgresql", "postgres"),
          redis: container("redis", "redis"),
          app: container("app", "redis"),
        },
      },
    },
    exported: {
      deployment: {
        resources: [
          {
            urn: "urn:pulumi:lab::vpai::x::sese-ai/smoke",
            type: "pulumi-nodejs:dynamic/vpai/host:SmokeChecks",
            inputs: { reachability: { image: images.redis, networks: ["egress"], ports: [] } },
          },
        ],
      },
    },
    names: ["mayi.example.org", "example.org"],
    moments: { began, up: began },
    say: () => undefined,
  };
}

async function drilled(): Promise<DrilledHost> {
  host().sh(`rm -rf /opt/copy/backups/${set}`);
  return drillHost(await known());
}

test(
  "everything comes back as it was, though the app writes as soon as it starts; nothing gets out, and no name is found",
  async () => {
    const found = await drilled();
    expect(
      found.services.map(({ name, rows, problems, rpoSeconds }) => [
        name,
        rows,
        problems,
        Math.round((rpoSeconds ?? 0) / 60),
      ]),
    ).toEqual([
      ["postgresql", { expected: 1000, found: 1000 }, [], 60],
      ["redis", { expected: 7, found: 7 }, [], 60],
      // The rows of its database, the letter, and what it wrote when it was started first.
      ["app", { expected: 1002, found: 1002 }, [], 60],
    ]);
    for (const { rtoSeconds } of found.services) expect(rtoSeconds).toBeGreaterThanOrEqual(0);
    expect(found.isolation.problems).toEqual([]);
    expect({ ...found.isolation.packets, refused: found.isolation.packets.refused > 0 }).toEqual({
      refused: true,
      past: 0,
    });
    expect([found.problems, found.left, isGood(found), found.set.files]).toEqual([[], [], true, 6]);
    expect(host().sh("cat /opt/copy/data/app/letter; ls /opt/copy/data/app | grep -c at-start").trim()).toBe(
      "a letter\n2",
    );
    const transport = new Transport(host().connection);
    await tellFigures(transport, "/opt/source", { host: found, seconds: 61.4 }).finally(() => transport.close());
    const figures = host().sh("cat /opt/source/data/metrics/drill.prom");
    expect(figures).toMatch(/^drill_last_exit_code 0$/m);
    expect(figures).toMatch(/^drill_rpo_seconds\{service="app"\} 36\d\d$/m);
    expect(figures).toMatch(/^drill_last_success_timestamp_seconds 1\d{9}$/m);
  },
  4 * MINUTE,
);

test(
  "a manifest that says more rows than came back fails it, and so does one that its host has otherwise",
  async () => {
    const args = await known();
    host()
      .sh(`cp -a /opt/source/backups/${set} /opt/source/kept; rm -rf /opt/copy/backups/${set}; cd /opt/source/backups/${set}
sed -i 's/"shop.public.orders": 1000/"shop.public.orders": 1001/' manifest.json
sed -i '/  manifest.json$/d' SHA256SUMS; sha256sum manifest.json >> SHA256SUMS`);
    const found = await drillHost(args);
    expect(found.problems).toEqual([`expected the manifest of ${set} as its host has it, found another one`]);
    expect(found.services.map(({ name, problems }) => [name, problems])).toEqual([
      ["postgresql", ["postgresql: shop.public.orders: expected 1001 rows, found 1000"]],
      ["redis", []],
      ["app", ["postgresql: shop.public.orders: expected 1001 rows, found 1000"]],
    ]);
    const transport = new Transport(host().connection);
    const before = host().sh("grep ^drill_last_success /opt/source/data/metrics/drill.prom");
    await tellFigures(transport, "/opt/source", { host: found, seconds: 60 }).finally(() => transport.close());
    expect(host().sh("grep ^drill_last /opt/source/data/metrics/drill.prom")).toBe(`drill_last_exit_code 1\n${before}`);
    host().sh(`rm -rf /opt/source/backups/${set}; mv /opt/source/kept /opt/source/backups/${set}`);
  },
  4 * MINUTE,
);

test(
  "a file that is damaged on its way ends it before anything is replaced",
  async () => {
    host().sh(
      `cp -a /opt/source/backups/${set} /opt/source/kept; printf x >> /opt/source/backups/${set}/app-files/files.tar`,
    );
    await expect(drilled()).rejects.toThrow(`sese-ai: expected ${set} as it was written, found that it did not come`);
    expect(host().sh("ls /opt/copy/backups")).not.toContain(set);
    host().sh(`rm -rf /opt/source/backups/${set}; mv /opt/source/kept /opt/source/backups/${set}`);
  },
  2 * MINUTE,
);

test(
  "a service that does not become well again is told, and never served",
  async () => {
    host().sh("docker rm --force copy_redis");
    const { services } = await drilled();
    const redis = services.find(({ name }) => name === "redis");
    expect([redis?.rtoSeconds, redis?.problems.some((one) => one.includes("missing"))]).toEqual([undefined, true]);
  },
  4 * MINUTE,
);
