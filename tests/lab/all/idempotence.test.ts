import { NO_CHANGES } from "../harness/changes";
import type { LabHost } from "../harness/host";
import type { Lab } from "../harness/lab";
import { sharedLabOfAll } from "../harness/shared";

/** The whole platform on one machine: it comes up, and what is there is left alone. */

let lab: Lab;
beforeAll(async () => {
  lab = await sharedLabOfAll();
}, 2_700_000);

test("every service is healthy, and status says which run the real program", async () => {
  const { stdout } = await lab.makeSucceed("status");
  // The first of its tables.
  const [services = ""] = stdout.split("\n\n");
  const rows = services.split("\n").map((line) => line.trim().split(/ {2,}/));
  const found = rows.filter(([host, name]) => host === "sese-ai" && name !== "(host)");
  expect(found.length).toBeGreaterThanOrEqual(17);
  for (const row of found) {
    expect(row).toEqual(expect.arrayContaining([expect.stringMatching(/^(real|stand-in), \S+$/), "healthy"]));
  }
});

test("a second up changes nothing, and remembers that all services were asked for", async () => {
  const { all } = await lab.makeSucceed("up");
  expect(all).toMatch(NO_CHANGES);
});

test("a refresh finds nothing changed", async () => {
  const { all } = await lab.makeSucceed("refresh");
  expect(all).toMatch(NO_CHANGES);
});

test("a preview expects no changes", async () => {
  const { code, all } = await lab.pulumi(["preview", "--expect-no-changes"]);
  expect({ code, all }).toMatchObject({ code: 0 });
});

/** Bytes that the processes of a host keep in memory; pages that several share count for each of them. */
async function resident(host: LabHost): Promise<number> {
  const lines = (await host.output(["sh", "-c", "cat /proc/[0-9]*/statm 2>/dev/null || true"])).split("\n");
  return lines.reduce((sum, line) => sum + Number(line.split(" ")[1] ?? 0) * 4096, 0);
}

test("the hosts' processes use less than 12 GiB of memory", async () => {
  const used = await Promise.all((await lab.hosts()).map(resident));
  const total = used.reduce((sum, bytes) => sum + bytes, 0);
  expect(total).toBeGreaterThan(2 ** 30);
  expect(total).toBeLessThan(12 * 2 ** 30);
});
