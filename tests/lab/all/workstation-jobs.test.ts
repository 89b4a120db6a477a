import type { LabHost } from "../harness/host";
import { sharedLabOfAll } from "../harness/shared";

/** The workstation's jobs, as their timers would start them. */

let pi: LabHost;
beforeAll(async () => {
  pi = await (await sharedLabOfAll()).host("workstation");
}, 2_700_000);

/** Runs a job to its end. @returns what it said */
async function run(job: string): Promise<string> {
  await pi.output(["systemctl", "start", `${job}.service`], { timeout: 600 });
  const invocation = await pi.output(["systemctl", "show", "--property", "InvocationID", "--value", `${job}.service`]);
  return pi.output(["journalctl", `_SYSTEMD_INVOCATION_ID=${invocation}`, "--output", "cat", "--no-pager"]);
}

test("its timers are there", async () => {
  const timers = await pi.output(["systemctl", "list-timers", "--all", "--no-pager", "--no-legend"]);
  expect(timers).toContain("workstation-image-pruning.timer");
});

test("images that containers, versions and jobs need outlive the pruning", async () => {
  await pi.output(["sh", "-c", "tar -c -C /etc hostname | docker import - lab/unneeded:1"]);
  const needed = await pi.output(["docker", "ps", "--all", "--format", "{{.Image}}"]);
  await run("workstation-image-pruning");
  expect(await run("workstation-image-pruning")).toMatch(/removed: sha256:[0-9a-f]{64} lab\/unneeded:1/);
  for (const image of new Set(needed.split("\n"))) await pi.docker("image", "inspect", image);
  expect(await pi.output(["cat", "/opt/workstation/data/metrics/job-workstation-image-pruning.prom"])).toMatch(
    /^job_last_exit_code\{.*\} 0$/m,
  );
}, 600_000);
