import { jobSpec } from "../../../../components/jobs/spec";
import type { Backup, OwnPart } from "../../../../model/backup";
import { defineService, HOST_ITSELF } from "../../../../model/service";
import { postgresqlDatabase } from "../../../../capabilities/postgresql-database";
import { backupJob, backupJobs } from "../../../../programs/backup";
import { backupPlan } from "../../../../programs/backup/plan";
import { settled } from "../../../../platforms/contexts";
import comfyui from "../../../../platforms/vpai/services/comfyui";
import { postgresql } from "../../../../programs/postgresql";
import type { ServiceContext } from "../../../../model/context";
import { contextWith } from "../../../context";
import { APPS } from "../../../facts/apps";
import { MONITORING } from "../../../facts/monitoring";
import { SEKO_VPN } from "../../../facts/seko-vpn";
import { SESE_AI } from "../../../facts/sese-ai";

/** What is backed up on each host follows from its services; typed in here from what they keep. */

/** Services whose facts are typed in elsewhere: a further one is none of this file's. */
const KNOWN = new Set(Object.keys({ ...SESE_AI, ...APPS, ...MONITORING, ...SEKO_VPN }));

const onHost = (host: string): ServiceContext => {
  const { services } = contextWith({ host });
  return contextWith({ host, runs: services.filter(({ name }) => KNOWN.has(name)) });
};

const parts = (plan: string): string[] =>
  plan
    .split("\n")
    .filter((line) => line.startsWith("part\t"))
    .map((line) => line.slice("part\t".length).replaceAll("\t", " "));

test("on Sese-AI every database with its roles, Redis, collections, n8n's exports, and the folders that say so", () => {
  expect(parts(backupPlan(onHost("sese-ai")))).toEqual([
    "postgresql postgresql postgresql - postgres +alloy +assets +kaneo +litellm +n8n +nocodb +palais +sure",
    "qdrant qdrant qdrant qdrant.secret 6333 {folder}/data/qdrant /qdrant/storage content_index semantic_cache",
    "redis redis redis redis.secret {folder}/data/redis",
    "n8n-exports n8n n8n - {folder}/secrets/n8n/encryption_key",
    "grafana-files grafana files - {folder}/data/grafana",
    "n8n-files n8n files - {folder}/data/n8n",
    "nocodb-files nocodb files - {folder}/data/nocodb",
    "openclaw-files openclaw files - {folder}/data/openclaw",
    "sure-files sure files - {folder}/data/sure",
  ]);
});

test("on the hub CouchDB's databases, and the folders of Headscale, Uptime Kuma and Zerobyte", () => {
  expect(parts(backupPlan(onHost("seko-vpn")))).toEqual([
    "couchdb couchdb couchdb couchdb.secret 5984 admin obsidian_vault",
    "headscale-files headscale files - /opt/services/headscale/data",
    "uptime-kuma-files uptime-kuma files - {folder}/data/uptime-kuma",
    "zerobyte-files zerobyte files - {folder}/data/zerobyte",
  ]);
});

test("on the workstation a folder that two services share once, and one that lies in another one with that", () => {
  expect(parts(backupPlan(contextWith({ host: "workstation" })))).toEqual([
    "comfyui-user-files comfyui files - {folder}/data/comfyui/user",
    "comfyui-input-files comfyui files - {folder}/data/comfyui/input",
    "comfyui-output-files comfyui files - {folder}/data/comfyui/output",
    "creative-assets-files comfyui files - {folder}/data/creative-assets",
    "opencode-files opencode files - {folder}/data/opencode",
    "remotion-output-files remotion files - {folder}/data/remotion/output",
  ]);
});

test("ComfyUI's models are in no backup, nor in the guess at its size; what it has drawn is not where the stack says so", () => {
  const linesWith = (comfyuiOutputs: string, word: string): string[] => {
    const plan = backupPlan(contextWith({ host: "workstation", runs: [settled(comfyui, { comfyuiOutputs })] }));
    return (plan.match(/^\w+\t.*$/gm) ?? []).filter(
      (line) => line.startsWith(`${word}\t`) && line.includes("/comfyui"),
    );
  };
  const FOLDERS = ["user", "input", "output"];
  expect(linesWith("keep", "source")).toEqual(FOLDERS.map((folder) => `source\t{folder}/data/comfyui/${folder}`));
  expect(linesWith("none", "source")).toEqual(
    ["user", "input"].map((folder) => `source\t{folder}/data/comfyui/${folder}`),
  );
  expect(linesWith("none", "part")).toEqual(
    ["user", "input"].map(
      (folder) => `part\tcomfyui-${folder}-files\tcomfyui\tfiles\t-\t{folder}/data/comfyui/${folder}`,
    ),
  );
});

test("what comes back by itself names who uses it: owners, who needs those, and who shares a folder", () => {
  const items = (host: string): string[] =>
    (backupPlan(host === "workstation" ? contextWith({ host }) : onHost(host)).match(/^item\t.*$/gm) ?? []).map(
      (line) => line.slice(5).replaceAll("\t", " "),
    );
  expect(items("sese-ai")).toEqual([
    ...[
      "postgresql alloy alloy",
      "postgresql kaneo kaneo-api kaneo",
      "postgresql litellm litellm",
      "postgresql n8n n8n",
    ],
    ...[
      "postgresql assets n8n",
      "postgresql nocodb nocodb",
      "postgresql palais palais",
      "postgresql sure sure sure-worker",
    ],
    ...[
      "qdrant semantic_cache litellm",
      "qdrant content_index openclaw",
      "redis all redis",
      "grafana-files all grafana",
      "n8n-files all n8n",
      "nocodb-files all nocodb",
    ],
    ...["openclaw-files all openclaw", "sure-files all sure-worker sure"],
  ]);
  // In CouchDB it is done while that runs.
  expect(items("seko-vpn")[0]).toBe("couchdb obsidian_vault");
  expect(items("workstation")).toContain("creative-assets-files all comfyui remotion");
});

test("a service's own data are what it asked for here and its folders, of a server all that it holds", () => {
  const own = (plan: string): string[] =>
    (plan.match(/^own\t.*$/gm) ?? []).map((line) => line.slice(4).replaceAll("\t", " ")).sort();
  expect(own(backupPlan(onHost("sese-ai")))).toEqual([
    ...["alloy postgresql alloy", "grafana grafana-files", "kaneo-api postgresql kaneo", "litellm postgresql litellm"],
    ...["litellm qdrant semantic_cache", "n8n n8n-files", "n8n postgresql n8n assets", "nocodb nocodb-files"],
    ...["nocodb postgresql nocodb", "openclaw openclaw-files", "openclaw qdrant content_index"],
    ...["palais postgresql palais", "postgresql postgresql", "qdrant qdrant", "redis redis", "sure postgresql sure"],
    ...["sure sure-files", "sure-worker sure-files all"],
  ]);
  expect(own(backupPlan(onHost("seko-vpn")))).toEqual([
    ...["couchdb couchdb", "headscale headscale-files", "uptime-kuma uptime-kuma-files", "zerobyte zerobyte-files"],
  ]);
});

test("who is no container is named: of those that a restore stops, and no others", () => {
  const units = (plan: string): string[] => plan.match(/^unit\t.*$/gm) ?? [];
  expect(units(backupPlan(contextWith({ host: "workstation" })))).toEqual(["unit\topencode"]);
  expect(units(backupPlan(onHost("sese-ai")))).toEqual([]);
});

test("the first guess at a set's size looks at the folders of whatever is backed up, and at no others", () => {
  const sources = backupPlan(onHost("sese-ai")).match(/^source\t.*$/gm) ?? [];
  expect(sources.map((line) => line.slice("source\t{folder}/data/".length))).toEqual([
    ...["grafana", "n8n", "nocodb", "openclaw", "postgresql", "qdrant", "redis", "sure"],
  ]);
});

const database = (name: string, more: Parameters<typeof postgresqlDatabase.own>[2] = {}) =>
  postgresqlDatabase.request(postgresqlDatabase.own(name, "its", more));

const client = (name: string, uses: ReturnType<typeof database>[], backups: OwnPart[] = []) =>
  defineService({
    name,
    group: "core",
    run: { image: "registry.example.org/x:1", networks: ["backend"] },
    user: { uid: 1, gid: 1 },
    port: 80,
    limits: { memoryMiB: 1, cpus: 0.1 },
    health: { test: ["true"] },
    uses,
    backups,
  });

test("two servers of one kind have a part each, with what is requested of it; what needs no copy is named, too", () => {
  const servers = ["one", "two"].map((name) => postgresql({ name, group: "core", networks: ["backend"] }));
  const uses = [
    database("a", { server: "one" }),
    database("b", { server: "two" }),
    database("c", { server: "two", backup: { kind: "none", reason: "made anew" } }),
  ];
  expect(parts(backupPlan(contextWith({ runs: [...servers, client("x", uses)] })))).toEqual([
    "one one postgresql - postgres +a",
    "two two postgresql - postgres +b -c",
  ]);
});

test("the servers whose data are of one major version say how those pass to the next", () => {
  const lines = backupPlan(onHost("sese-ai")).match(/^versions\t.*$/gm);
  expect(lines).toEqual(["versions\tpostgresql\tpostgresql-major\t{folder}/data/postgresql\tpostgres"]);
  const files = backupJob(onHost("sese-ai")).files?.(onHost("sese-ai")) ?? [];
  expect(files.map(({ path }) => path)).toEqual(
    expect.arrayContaining(
      [
        ...["postgresql-major.sh", "postgresql-servers.sh", "postgresql-places.sh"],
        ...["postgresql-version.sh", "postgresql-inventory.sql"],
      ].map((file) => `/etc/backup/${file}`),
    ),
  );
});

test("a folder in another one comes with that, and whoever sees a part of it is stopped", () => {
  const keeps = (name: string, directory: string, backup: Backup) => ({
    ...client(name, []),
    data: [{ path: "/data", directory, backup }],
  });
  const none = { kind: "none", reason: "made anew" } as const;
  const runs = [
    keeps("inner", "a/b", { kind: "files" }),
    keeps("outer", "a", { kind: "files" }),
    keeps("guest", "a/c", none),
    keeps("namesake", "a-b", none),
  ];
  const plan = backupPlan(contextWith({ runs }));
  expect(parts(plan)).toEqual(["a-files outer files - {folder}/data/a"]);
  expect(plan.match(/^item\t.*$/gm)).toEqual(["item\ta-files\tall\tinner\touter\tguest"]);
});

test("what cannot be planned is refused", () => {
  const method = { name: "m", script: "" };
  const planOf =
    (...own: OwnPart[]) =>
    () =>
      backupPlan(contextWith({ runs: [client("x", [], own)] }));
  expect(planOf({ method }, { method })).toThrow(
    "sese-ai: expected each part of a backup once, found x more than once",
  );
  expect(planOf({ method, arguments: ["a\tb"] })).toThrow('found "a\\tb"');
  expect(planOf({ method, arguments: [""] })).toThrow('found ""');
  expect(planOf({ method, arguments: ["{data}"] })).toThrow("x: expected a data folder, which its backup is made of");
  const job = () =>
    backupJob(
      contextWith({
        runs: [
          client(
            "x",
            [],
            [
              { name: "a", method },
              { name: "b", method: { ...method, script: "x" } },
            ],
          ),
        ],
      }),
    );
  expect(() => job().files?.(contextWith())).toThrow("expected one method of backups with the file m.sh, found two");
});

test("a host that keeps nothing has no job", () => {
  expect(backupJobs(contextWith({ runs: [client("x", [])] }))).toEqual([]);
});

test("the job has the programs of its methods, and the secrets that they log in with", () => {
  const context = onHost("seko-vpn");
  const job = backupJob(context);
  expect(job.files?.(context).map(({ path }) => path)).toEqual(
    [
      "plan",
      ...[
        "backup.sh",
        "extract.sh",
        "migrate.sh",
        "plan.sh",
        "releases.sh",
        "restore.sh",
        "rollback.sh",
        "services.sh",
      ],
      ...["set.sh", "settle.sh", "tools.sh", "transfer.sh"],
      "couchdb.sh",
      "couchdb-dump.mjs",
      "couchdb-verify.mjs",
      "couchdb-load.mjs",
      "files.sh",
      "sqlite.mjs",
    ].map((file) => `/etc/backup/${file}`),
  );
  expect(Object.entries(job.secrets ?? {}).map(([file, { secret }]) => [file, secret.name])).toEqual([
    ["couchdb.secret", "couchdbAdminPassword"],
  ]);
});

// docs/requirements.md#backups; the hour and a day's tolerance: docs/decisions/alerts.md
test("each host's job runs at 02:55 as root, in a sandbox but for what it needs", () => {
  const context = contextWith();
  const place = {
    owner: { platform: "vpai", stack: "prod", host: "sese-ai" },
    folder: "/opt/vpai",
    prefix: "vpai_",
    context,
    exists: () => true,
  };
  const spec = jobSpec(backupJob(context), HOST_ITSELF, place);
  expect(spec.timer).toContain("\nOnCalendar=*-*-* 02:55:00\n");
  const service = spec.service("sha256:0123");
  for (const line of [
    'ExecStart="/bin/sh" "/opt/vpai/jobs/run" "3" "300" "10800" "/bin/bash" "/opt/vpai/configs/backup-sese-ai/backup.sh" "/opt/vpai" "vpai_" "sha256:0123" "run"',
    "User=0",
    "CapabilityBoundingSet=CAP_CHOWN CAP_DAC_OVERRIDE",
    "ProtectSystem=full",
    "NoNewPrivileges=yes",
    "MemoryMax=128M",
    "BindReadOnlyPaths=/opt/vpai/secrets/backup-sese-ai:/run/secrets",
  ])
    expect(service.split("\n")).toContain(line);
  expect(spec.image).toBe("docker.io/library/node:22.23.5-bookworm");
  expect(backupJob(context).overdueAfter).toBe(93_600);
});
