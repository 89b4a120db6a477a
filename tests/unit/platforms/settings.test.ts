import { z } from "zod";
import { parseStackConfig } from "../../../config";
import type { UserError } from "../../../model/finding";
import { flag } from "../../../model/setting";
import { namesOf } from "../../../platforms";
import vpai from "../../../platforms/vpai/platform";
import { serviceWith } from "../../service";
import { rawConfig } from "../config/example";

/** Keys of a stack's file that a platform and its services declare, beside those that the program itself knows. */

const TONE = { tone: z.enum(["loud", "calm"], { error: "loud or calm" }).default("calm") };
const platform = (...settings: NonNullable<Parameters<typeof serviceWith>[0]>["settings"][]) => ({
  ...vpai,
  services: settings.map((one, index) => serviceWith({ name: `s${index}`, ...(one && { settings: one }) })),
});

const STACK = {
  platform: "vpai",
  domain: "example.org",
  tls: "internal",
  hosts: { workstation: { machine: { kind: "lab" }, memoryMiB: 4096, architecture: "amd64" } },
};

const read = (given: object, ...settings: Parameters<typeof platform>) =>
  parseStackConfig(rawConfig({ ...STACK, ...given }, {}), [namesOf(platform(...settings))]);

const problems = (given: object, ...settings: Parameters<typeof platform>) => {
  try {
    read(given, ...settings);
  } catch (error) {
    return (error as UserError).findings;
  }
  return [];
};

/** Where the platform's buckets are unless a stack says otherwise. */
const BUCKETS = { bucketsEndpoint: "https://nbg1.your-objectstorage.com", bucketsRegion: "nbg1" };

test("a service's setting is read by its schema and stands apart, with the platform's own", () => {
  expect(read({ tone: "loud" }, TONE).settings).toEqual({
    tone: "loud",
    couchdbVpnEnforce: false,
    vpnNodes: true,
    ...BUCKETS,
  });
  expect(read({}, TONE).settings).toEqual({ tone: "calm", couchdbVpnEnforce: false, vpnNodes: true, ...BUCKETS });
  expect(read({ tone: "loud" }, TONE)).not.toHaveProperty("tone");
});

test("a wrong value is told in the words of the service's schema", () => {
  expect(problems({ tone: "shrill" }, TONE)).toEqual([
    expect.objectContaining({ where: "vpai:tone", expected: "loud or calm", found: '"shrill"' }),
  ]);
});

test("a key that nobody declares is refused, and the nearest one of a service's is suggested", () => {
  expect(problems({ tome: "loud" }, TONE)).toEqual([
    expect.objectContaining({
      where: "vpai:tome",
      found: "an unknown key",
      mend: expect.stringContaining("rename it to tone") as string,
    }),
  ]);
});

test("a setting of a service that is not in the platform is unknown", () => {
  expect(problems({ tone: "loud" }).map(({ where, found }) => [where, found])).toEqual([
    ["vpai:tone", "an unknown key"],
  ]);
});

test("a setting that two declare is an error that names it", () => {
  expect(() => namesOf(platform(TONE, TONE))).toThrow("vpai: expected each setting once, found tone declared twice");
  expect(() => namesOf(platform({ couchdbVpnEnforce: flag(true) }))).toThrow("found couchdbVpnEnforce declared twice");
});
