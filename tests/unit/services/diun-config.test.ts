import { parse } from "yaml";
import { z } from "zod";
import { diunConfig } from "../../../services/rendering/diun-config";

/** DIUN 4.31 as its documentation (config/db, watch, defaults, providers/docker) has it, without what it could do else. */
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
    docker: z
      .strictObject({ endpoint: z.string(), watchByDefault: z.boolean(), watchStopped: z.boolean() })
      .partial()
      .optional(),
  }),
});

test("every key is one of DIUN's documentation", () => {
  expect(() => documented.parse(parse(diunConfig("/data")))).not.toThrow();
});

test("it watches what runs, once a day, and keeps its database in the folder that outlives it", () => {
  expect(parse(diunConfig("/data"))).toMatchObject({
    db: { path: "/data/diun.db" },
    watch: { schedule: "0 6 * * *" },
    providers: { docker: { watchByDefault: true } },
  });
});
