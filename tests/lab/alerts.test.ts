import { execFileSync } from "node:child_process";
import path from "node:path";
import { eventually } from "../eventually";
import { contextWith } from "../context";
import type { ContainerService } from "../../model/service";
import alertmanager from "../../platforms/vpai/services/alertmanager";
import victoriametrics from "../../platforms/vpai/services/victoriametrics";
import { watchdogJob } from "../../platforms/vpai/services/alertmanager/watchdog";
import vmalert from "../../platforms/vpai/services/vmalert";
import { projectRoot } from "../../toolchain/environment";
import { docker, hardened, image, inside, minute, mounted, run, start, useImages } from "./harness/containers";
import { FakeTelegram } from "./harness/fake-telegram";

/**
 * From a figure to a person: the platform's own rules, arguments and files in the real VictoriaMetrics, vmalert and
 * Alertmanager; the far end is the lab's fake of Telegram.
 */

const TOKEN = "1234567:canary-of-the-bot";
const RUNBOOK = "https://example.org/runbook.md";

useImages("base", "victoriametrics", "vmalert", "alertmanager");

let telegram: FakeTelegram;
let api: string;

beforeAll(async () => {
  telegram = await FakeTelegram.start(TOKEN);
  const gateway = docker("network", "inspect", "--format", "{{(index .IPAM.Config 0).Gateway}}", run);
  api = `http://${gateway}:${telegram.port}`;
  const context = contextWith({
    given: ["alertsBotToken", "alertsChat", "alertsHeartbeatUrl"],
    settings: { telegramApi: api, runbook: RUNBOOK },
  });
  const files = (service: ContainerService): string[] =>
    (service.files?.(context) ?? []).flatMap(({ path, content }) => mounted(path, content as string));
  const as = ({ name, user }: ContainerService): string[] => [
    ...[...hardened, "--network-alias", name, "--user", `${user.uid}:${user.gid}`],
    ...["--tmpfs", "/storage:mode=0700,uid=65534", "--tmpfs", "/alertmanager:mode=0700,uid=65534"],
  ];
  const store = as(victoriametrics);
  start(
    "store",
    image("victoriametrics"),
    [...store, ...files(victoriametrics)],
    ...(victoriametrics.run.command ?? []),
  );
  const secrets = Object.entries({ telegram_bot_token: TOKEN, telegram_chat: "-4711", heartbeat_url: `${api}/beat` });
  const [shell = "", ...script] = alertmanager.run.entrypoint ?? [];
  start(
    "alertmanager",
    image("alertmanager"),
    [
      ...[...as(alertmanager), ...files(alertmanager), "--memory", "48m", "--tmpfs", "/tmp:mode=1777"],
      ...secrets.flatMap(([name, value]) => mounted(`/run/secrets/${name}`, value)),
      ...["--entrypoint", shell],
    ],
    ...script,
    ...(alertmanager.run.command ?? []),
  );
  await eventually(() => inside("store", ...victoriametrics.health.test));
  start("vmalert", image("vmalert"), [...as(vmalert), ...files(vmalert)], ...(vmalert.run.command ?? []));
  await eventually(() => inside("vmalert", ...vmalert.health.test));
  await eventually(() => inside("alertmanager", ...alertmanager.health.test));
}, 30 * minute);

afterAll(() => telegram.stop());

/** Gives the store a figure of now. */
const measure = (line: string): string =>
  inside("store", "wget", "-qO-", `--post-data=${line}`, "http://127.0.0.1:8428/api/v1/import/prometheus");

const messageWith = (part: string) => {
  const found = telegram.sent.find(({ text }) => text.includes(part));
  if (found === undefined) throw new Error(`no message with ${part}; there are ${JSON.stringify(telegram.sent)}`);
  return found;
};

const logOf = (name: string): string => docker("logs", `${run}-${name}`);

test(
  "what goes wrong is told in the owner's chat within 90 seconds, with host, service, value and the runbook's section",
  async () => {
    const begin = Date.now();
    measure('backup_exit_code{host="sese-ai",backup="postgresql"} 3');
    const { chat, text, at } = await eventually(() => messageWith("BackupFailed"), 120);
    expect(chat).toBe("-4711");
    expect(text.trim().split("\n")).toEqual([
      "CRITICAL: BackupFailed",
      "the last backup of postgresql on sese-ai failed with exit code 3",
      "host: sese-ai",
      "service: backup",
      "value: exit code 3",
      `runbook: ${RUNBOOK}#a-backup-is-overdue`,
    ]);
    expect((at - begin) / 1000).toBeLessThan(90);
  },
  3 * minute,
);

test(
  "the heartbeat beats while all is well, and nobody is told of the alert behind it",
  async () => {
    await eventually(() => expect(telegram.heartbeats).toContain("/beat"), 90);
    expect(telegram.sent.filter(({ text }) => text.includes("Watchdog"))).toEqual([]);
  },
  2 * minute,
);

test("the job that the hub listens to finds the alert behind it", () => {
  const [shell = "", , ...argv] = watchdogJob("alertmanager", 9093).argv;
  const script = path.join(projectRoot, "platforms/vpai/services/alertmanager/watchdog.sh");
  expect(
    execFileSync(shell, [script, ...argv.map((one) => one.replace("{prefix}", `${run}-`))], { encoding: "utf8" }),
  ).toBe("");
});

test(
  "a channel that fails is in the log, without the bot's token",
  async () => {
    await telegram.stop();
    const alert = [{ labels: { alertname: "Unreachable" }, annotations: { summary: "nobody hears it" } }];
    const header = "--header=Content-Type: application/json";
    const post = `--post-data=${JSON.stringify(alert)}`;
    inside("alertmanager", "wget", "-qO-", header, post, "http://127.0.0.1:9093/api/v2/alerts");
    await eventually(() => expect(logOf("alertmanager")).toMatch(/bot<secret>\/sendMessage/), 60);
    expect(logOf("alertmanager")).not.toContain("canary-of-the-bot");
  },
  2 * minute,
);

test("it stops when it is told to, and says so in its last line", () => {
  const begin = Date.now();
  docker("stop", "--time", "10", `${run}-alertmanager`);
  expect(Date.now() - begin).toBeLessThan(9000);
  expect(docker("inspect", "--format", "{{.State.ExitCode}}", `${run}-alertmanager`)).toBe("0");
  expect(logOf("alertmanager")).toContain("exiting gracefully");
});
