import { localDocker } from "../harness/docker";
import type { Lab } from "../harness/lab";
import { sharedLabOfAll } from "../harness/shared";

/** The whole platform on one machine: it comes up, and what is there is left alone. */

let lab: Lab;
beforeAll(async () => {
  lab = await sharedLabOfAll();
}, 2_700_000);

const NOTHING = /^Resources:\n\s+\d+ unchanged\n/m;

test("every service is healthy, and status says which run the real program", async () => {
  const { stdout } = await lab.makeSucceed("status");
  const rows = stdout.split("\n").map((line) => line.trim().split(/ {2,}/));
  const services = rows.filter(([host, name]) => host === "sese-ai" && name !== "(host)");
  expect(services.length).toBeGreaterThanOrEqual(17);
  for (const row of services) {
    expect(row).toEqual(expect.arrayContaining([expect.stringMatching(/^(real|stand-in), \S+$/), "healthy"]));
  }
});

test("a second up changes nothing, and remembers that all services were asked for", async () => {
  const { all } = await lab.makeSucceed("up");
  expect(all).toMatch(NOTHING);
});

test("a refresh finds nothing changed", async () => {
  const { all } = await lab.makeSucceed("refresh");
  expect(all).toMatch(NOTHING);
});

test("a preview expects no changes", async () => {
  const { code, all } = await lab.pulumi(["preview", "--expect-no-changes"]);
  expect({ code, all }).toMatchObject({ code: 0 });
});

test("the whole lab uses less than 12 GiB of memory", async () => {
  const lines = (await localDocker("stats", "--no-stream", "--format", "{{.Name}} {{.MemUsage}}")).split("\n");
  const own = lines.filter((line) => line.startsWith(lab.identity.prefix));
  expect(own.length).toBe(4);
  const used = own.reduce((sum, line) => sum + bytes(line), 0);
  expect(used).toBeGreaterThan(2 ** 30);
  expect(used).toBeLessThan(12 * 2 ** 30);
});

const UNITS: Record<string, number> = { B: 1, KiB: 2 ** 10, MiB: 2 ** 20, GiB: 2 ** 30 };

/** What a container uses, of a line such as `name 1.5GiB / 23GiB`. */
function bytes(line: string): number {
  const [, amount, unit] = / ([\d.]+)(B|KiB|MiB|GiB) \//.exec(line) ?? [];
  return Number(amount) * (UNITS[unit ?? ""] ?? NaN);
}
