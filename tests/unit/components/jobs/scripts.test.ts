import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { REPORT, RUN, TELL } from "../../../../components/jobs/scripts";
import { LocalRunner } from "../../../../providers/local-runner";

/** What runs every job, and what notes how that went, run by this machine's own shell. */

const shell = new LocalRunner();
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), "jobs-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Fails until it was run `times` times, with exit code 3. */
const failing = (times: number): string[] => [
  ...["sh", "-c", 'echo x >>"$1"; [ "$(wc -l <"$1")" -gt "$2" ] || exit 3'],
  ...["job", path.join(folder, "runs"), String(times)],
];
const runs = (): number => readFileSync(path.join(folder, "runs"), "utf8").length / 2;
const run = (tries: number, limit: number, argv: readonly string[]) =>
  shell.run(["sh", "-c", RUN, "run", String(tries), "0", String(limit), ...argv]);

test.each([
  [1, 0, 0, 1],
  [3, 2, 0, 3],
  [3, 9, 3, 3],
])("with %d tries, a command that fails %d times ends with %d after %d runs", async (tries, fails, code, count) => {
  expect((await run(tries, 5, failing(fails))).code).toBe(code);
  expect(runs()).toBe(count);
});

test("a try that takes too long is ended, and says so", async () => {
  const { code, stderr } = await run(1, 1, ["sleep", "20"]);
  expect([code, stderr]).toEqual([124, "try 1 of 1 took more than 1 s\n"]);
});

/** Notes a run, with a systemctl that says when it began. */
async function report(result: string, status: string): Promise<string> {
  writeFileSync(path.join(folder, "systemctl"), "#!/bin/sh\necho @$(($(date +%s) - 7))\n");
  chmodSync(path.join(folder, "systemctl"), 0o755);
  const environment = [
    `PATH=${folder}:${process.env["PATH"] ?? ""}`,
    `SERVICE_RESULT=${result}`,
    `EXIT_STATUS=${status}`,
  ];
  await shell.output([
    "env",
    ...environment,
    "sh",
    "-c",
    REPORT,
    "report",
    path.join(folder, "metrics"),
    "dump",
    "couchdb",
  ]);
  expect(readdirSync(path.join(folder, "metrics"))).toEqual(["job-dump.prom"]);
  return readFileSync(path.join(folder, "metrics", "job-dump.prom"), "utf8").replaceAll(/ \d{10,}$/gm, " <now>");
}

const line = (name: string, value: string): string =>
  `# TYPE job_${name} gauge\njob_${name}{name="dump",service="couchdb"} ${value}\n`;

test("a success is told, then a failure beside it, with the signal of one that was killed as 255", async () => {
  const success = line("last_success_timestamp_seconds", "<now>");
  const end = (code: string): string => line("last_duration_seconds", "7") + line("last_exit_code", code);
  expect(await report("success", "0")).toBe(success + end("0"));
  const both = success + line("last_failure_timestamp_seconds", "<now>");
  expect(await report("exit-code", "3")).toBe(both + end("3"));
  expect(await report("signal", "KILL")).toBe(both + end("255"));
  expect(await report("success", "0")).toBe(both + end("0"));
});

describe("telling who watches", () => {
  const TOKEN = "canary-of-the-token";
  let watcher: Server;
  let asked: string[];

  beforeEach(async () => {
    asked = [];
    watcher = createServer((request, response) => {
      asked.push(request.url ?? "");
      response.writeHead(request.url?.startsWith(`/api/push/${TOKEN}?`) === true ? 200 : 404).end();
    });
    await new Promise<void>((resolve) => watcher.listen(0, "127.0.0.1", resolve));
  });

  afterEach(() => new Promise((resolve) => watcher.close(resolve)));

  /** @param token of the job, as its file has it */
  async function tell(result: string, status: string, token = TOKEN) {
    const settings = path.join(folder, "watcher");
    const { port } = watcher.address() as AddressInfo;
    writeFileSync(settings, `url = "http://127.0.0.1:${port}/api/push/${token}"\n`);
    const environment = [`SERVICE_RESULT=${result}`, `EXIT_STATUS=${status}`, "http_proxy=http://192.0.2.1:1"];
    return shell.run(["env", ...environment, "sh", "-c", TELL, "tell", settings, "dump"]);
  }

  test.each([
    ["success", "0", "status=up&msg=OK"],
    ["exit-code", "3", "status=down&msg=exit%20code%203"],
    ["signal", "KILL", "status=down&msg=signal%20KILL"],
  ])("%s %s is told by its token, and nothing is said", async (result, status, query) => {
    expect(await tell(result, status)).toEqual({ code: 0, stdout: "", stderr: "" });
    expect(asked.map((url) => url.replaceAll("+", "%20"))).toEqual([`/api/push/${TOKEN}?${query}`]);
  });

  test("what could not be told fails nothing, and is said without the token", async () => {
    const { code, stderr } = await tell("success", "0", "canary-of-another");
    expect([code, stderr]).toEqual([0, expect.stringMatching(/was not told that dump is up: curl: .*404/)]);
    expect(stderr).not.toContain("canary");
  });
});
