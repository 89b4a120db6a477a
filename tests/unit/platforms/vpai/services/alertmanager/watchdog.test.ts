import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { projectRoot } from "../../../../../../toolchain/environment";
import { watchdogJob } from "../../../../../../platforms/vpai/services/alertmanager/watchdog";

const job = watchdogJob("alertmanager", 9093);

const folder = mkdtempSync(path.join(os.tmpdir(), "watchdog-"));
const script = path.join(projectRoot, "platforms/vpai/services/alertmanager/watchdog.sh");
afterAll(() => rmSync(folder, { recursive: true }));

/** Runs the job's command on this machine, where `docker exec` prints an answer. @param answer undefined: nobody gives one */
function run(answer: string | undefined): { code: number | null; said: string; asked: string } {
  const docker = `#!/bin/sh\necho "$@" >"$0.asked"; [ "$ANSWER" != none ] || exit 4; printf %s "$ANSWER"\n`;
  writeFileSync(path.join(folder, "docker"), docker, { mode: 0o755 });
  const env = { PATH: `${folder}:${process.env["PATH"] ?? ""}`, ANSWER: answer ?? "none" };
  const [shell = "", , ...args] = job.argv;
  const { status, stderr } = spawnSync(shell, [script, ...args], { env, encoding: "utf8" });
  return {
    code: status,
    said: stderr,
    asked: spawnSync("cat", [`${folder}/docker.asked`], { encoding: "utf8" }).stdout,
  };
}

/** As its API answers (Alertmanager 0.31.0, /api/v2/alerts), shortened. */
const ALERT = '[{"fingerprint":"1","status":{"state":"active"},"labels":{"alertname":"Watchdog","severity":"info"}}]\n';

test("the alert that always fires is asked for, and there", () => {
  expect(run(ALERT)).toEqual({
    code: 0,
    said: "",
    asked:
      "exec {prefix}alertmanager wget -q -T 10 -O - " +
      "http://127.0.0.1:9093/api/v2/alerts?active=true&filter=alertname%3D%22Watchdog%22\n",
  });
});

test.each(["[]\n", ALERT.replace("Watchdog", "HostDown")])(
  "without it, as in %j, the run fails and says so",
  (answer) => {
    expect(run(answer)).toMatchObject({
      code: 1,
      said: expect.stringContaining("expected the alert Watchdog") as string,
    });
  },
);

test("an Alertmanager that does not answer fails it, too", () => {
  expect(run(undefined)).toMatchObject({ code: 1, said: "Alertmanager gives no answer\n" });
});

test("it is told to who watches from outside, who waits half an hour", () => {
  expect(job).toMatchObject({ schedule: "*:0/10", watched: true, overdueAfter: 1800 });
});
