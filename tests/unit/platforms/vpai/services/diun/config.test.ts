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
  providers: z.strictObject({
    file: z.strictObject({ filename: z.string() }),
  }),
});

const PATHS = { data: "/data", images: "/etc/diun/images.yml" };

test("every key is one of DIUN's documentation", () => {
  expect(() => documented.parse(parse(diunConfig(PATHS)))).not.toThrow();
});

test("it looks once a day, and keeps its database in the folder that outlives it", () => {
  expect(parse(diunConfig(PATHS))).toMatchObject({
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
