import type { Lab } from "./harness/lab";
import { run } from "./harness/run";
import { sharedLab } from "./harness/shared";

/** What is there already is left alone, and every command says so. */

let lab: Lab;
beforeAll(async () => {
  lab = await sharedLab();
}, 1_500_000);

/** Pulumi's closing summary, without colours: `Resources: 87 unchanged`. */
const summaryOf = (output: string): string => /^Resources:\n\s+(.*(?:\n\s{4}.*)*)/m.exec(output)?.[1] ?? output;

test("a second up changes nothing", async () => {
  const { all } = await lab.makeSucceed("up");
  expect(summaryOf(all)).toMatch(/^\d+ unchanged$/);
});

test("a refresh finds nothing changed", async () => {
  const { all } = await lab.makeSucceed("refresh");
  expect(summaryOf(all)).toMatch(/^\d+ unchanged$/);
});

test("a preview expects no changes", async () => {
  const { code, all } = await lab.pulumi(["preview", "--expect-no-changes"]);
  expect({ code, all }).toMatchObject({ code: 0 });
});

test("status names every service, healthy, with what program it really runs", async () => {
  const { stdout } = await lab.makeSucceed("status");
  const rows = stdout.split("\n").map((line) => line.trim().split(/ {2,}/));
  const services = ["postgresql", "redis", "caddy", "n8n"].map((service) => rows.find(([, name]) => name === service));
  for (const row of services)
    expect(row).toEqual(expect.arrayContaining([expect.stringMatching(/^(real|stand-in), \S+$/), "healthy"]));
  expect(
    rows
      .filter(([, name]) => name === "(host)")
      .map(([host]) => host)
      .sort(),
  ).toEqual(["seko-vpn", "sese-ai", "workstation"]);
});

test("status fails while a service does not run", async () => {
  const host = await lab.host("sese-ai");
  await host.docker("stop", "vpai_redis");
  const { code, stdout } = await lab.make("status");
  await host.docker("start", "vpai_redis");
  expect(code).not.toBe(0);
  expect(stdout).toMatch(/redis .*exited/);
});

test("ssh runs a command on a host", async () => {
  const answer = await run(["make", "-s", "ssh", "HOST=sese-ai", "CMD=hostname; id -un"], { directory: lab.directory });
  expect(answer).toMatchObject({ code: 0, stdout: "sese-ai\nroot\n" });
});
