import { execFileSync } from "node:child_process";
import { parse } from "yaml";
import { z } from "zod";
import { serviceWith } from "../../../../../service";
import { diunConfig, diunImages } from "../../../../../../platforms/vpai/services/diun/config";

/** DIUN 4.31 as its documentation (config/db, watch, defaults, providers/file) has it, without what it could do else. */
const documented = z.strictObject({
  db: z.strictObject({ path: z.string() }).optional(),
  watch: z
    .strictObject({
      workers: z.int().positive(),
      schedule: z.string().regex(/^(\S+ ){4}\S+$/),
      jitter: z.string().regex(/^\d+[smh]$/),
      firstCheckNotif: z.boolean(),
      runOnStartup: z.boolean(),
      compareDigest: z.boolean(),
    })
    .partial(),
  defaults: z
    .strictObject({
      watchRepo: z.boolean(),
      notifyOn: z.array(z.enum(["new", "update"])),
      maxTags: z.int().nonnegative(),
      sortTags: z.enum(["default", "reverse", "semver", "lexicographical"]),
      includeTags: z.array(z.string()),
      excludeTags: z.array(z.string()),
    })
    .partial(),
  notif: z.strictObject({ script: z.strictObject({ cmd: z.string(), args: z.array(z.string()) }) }),
  providers: z.strictObject({
    file: z.strictObject({ filename: z.string() }),
  }),
});

const PATHS = { data: "/data", images: "/etc/diun/images.yml" };
const NEWS = { alertmanager: "alertmanager:9093", host: "sese-ai", runbook: "https://example.org/runbook.md#news" };
const config = parse(diunConfig(PATHS, NEWS)) as z.output<typeof documented>;

test("every key is one of DIUN's documentation", () => {
  expect(() => documented.parse(config)).not.toThrow();
});

test("it looks once a day, and keeps its database in the folder that outlives it", () => {
  expect(config).toMatchObject({
    db: { path: "/data/diun.db" },
    watch: { schedule: "0 6 * * *" },
    providers: { file: { filename: "/etc/diun/images.yml" } },
  });
});

test("it watches each image of the host once, by its tag", () => {
  const images = ["ghcr.io/b/two:2", `docker.io/a/one:1@sha256:${"0".repeat(64)}`, "ghcr.io/b/two:2"];
  const services = images.map((image) => serviceWith({ run: { image } }));
  expect(parse(diunImages(services))).toEqual([{ name: "docker.io/a/one:1" }, { name: "ghcr.io/b/two:2" }]);
});

test("a newer image is told to Alertmanager, as an alert with all that a message says", () => {
  const { cmd, args } = config.notif.script;
  // The shell shows what it would run, as the image's own wget gets it.
  const told = execFileSync(
    cmd,
    [args[0] ?? "", `wget() { for word; do printf '%s\\0' "$word"; done; }; ${args[1] ?? ""}`],
    {
      env: { DIUN_ENTRY_IMAGE: "docker.io/n8nio/n8n:2.8.0", DIUN_ENTRY_STATUS: "new" },
      encoding: "utf8",
    },
  ).split("\0");
  expect(told).toEqual([
    ...["-q", "-O", "/dev/null", "--header=Content-Type: application/json"],
    expect.stringMatching(/^--post-data=/),
    "http://alertmanager:9093/api/v2/alerts",
    "",
  ]);
  expect(JSON.parse((told[4] ?? "").replace("--post-data=", ""))).toEqual([
    {
      labels: {
        alertname: "ImageUpdate",
        severity: "info",
        host: "sese-ai",
        service: "diun",
        image: "docker.io/n8nio/n8n:2.8.0",
      },
      annotations: {
        summary: "docker.io/n8nio/n8n:2.8.0 is newer than what runs, or has changed",
        host: "sese-ai",
        service: "diun",
        value: "docker.io/n8nio/n8n:2.8.0",
        runbook: "https://example.org/runbook.md#news",
      },
    },
  ]);
});
