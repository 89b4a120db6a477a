import { spawnSync } from "node:child_process";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { uptimeKumaMonitorsKind as monitorsKind } from "../../../providers/resources/uptime-kuma-monitors";
import { uptimeKumaNotificationKind as notificationKind } from "../../../providers/resources/uptime-kuma-notification";
import { uptimeKumaOwnerKind as ownerKind } from "../../../providers/resources/uptime-kuma-owner";
import type { JobMonitor, Monitor } from "../../../providers/uptime-kuma/monitor";
import { eventually } from "../../eventually";
import { SshServer } from "../../unit/providers/ssh-server";
import { docker, hardened, image, inside, minute, run, start, useImages } from "../harness/containers";
import { FakeTelegram } from "../harness/fake-telegram";

/** The kinds of Uptime Kuma's resources with the real program, over Socket.IO through an SSH connection; its messages go to the lab's fake of Telegram. */

useImages("uptime-kuma");

const OWNER = { user: "owner@vpai.test", password: "canary4of4the4owner" };
const BOT = "1234567:canary-of-the-bot";
const PUSH = "c4".repeat(16);

const monitor = (name: string, over: Partial<Monitor> = {}): Monitor => ({
  ...{ name, url: `https://${name}.vpai.test/`, status: 200, contains: "", interval: 60 },
  ...{ anyCertificate: true, active: true, ...over },
});

let ssh: SshServer;
let telegram: FakeTelegram;
let gateway: string;
const place = () => ({ connection: ssh.connection, server: { container: `${run}-kuma`, port: 3001 } });
const owner = () => ({ ...place(), ...OWNER });
const owned = () => ({ ...place(), server: { ...place().server, ...OWNER } });
const watching = (...monitors: Monitor[]) => ({ ...owned(), monitors });
const waitingFor = (job: JobMonitor) => ({ ...watching(), jobs: [job], tokens: { [job.name]: PUSH } });

/** As the capability makes it of the stack's secrets. */
const notification = () => ({
  ...owned(),
  name: "Telegram",
  url: `http://${gateway}:${telegram.port}/bot${BOT}/sendMessage`,
  body: '{"chat_id": "-4711", "text": {{ msg | json }} }',
  headers: '{"Content-Type":"application/json"}',
  form: "webhook, custom",
});

/** Runs SQL in its database, with the program's own driver: what a person does in a browser ends there. */
const sql = (statement: string): unknown[] =>
  JSON.parse(
    inside(
      ...["kuma", "node", "-e"],
      `const { Database } = require("@louislam/sqlite3");
       new Database("/app/data/kuma.db").all(process.argv[1], (error, rows) => { if (error) throw error; console.log(JSON.stringify(rows)); });`,
      statement,
    ),
  ) as unknown[];

/** What its site is asked from inside, as the gateway passes it on. @returns the status */
const push = (token: string, query: string): string =>
  inside(
    ...["kuma", "node", "-e"],
    'fetch("http://127.0.0.1:3001/api/push/" + process.argv[1]).then(({ status }) => console.log(status))',
    `${token}?${query}`,
  );

const textsOf = (name: string): string[] =>
  telegram.sent.filter(({ text }) => text.startsWith(`[${name}]`)).map(({ text }) => text);

beforeAll(async () => {
  ssh = await SshServer.start();
  ssh.respond = ([, ...args]) => ({ code: 0, stdout: docker(...args), stderr: "" });
  telegram = await FakeTelegram.start(BOT);
  gateway = docker("network", "inspect", "--format", "{{(index .IPAM.Config 0).Gateway}}", run);
  start("kuma", image("uptime-kuma"), [...hardened, "--env", "UPTIME_KUMA_DB_TYPE=sqlite"]);
  await eventually(() => ownerKind.observe(owner()), 180);
}, 10 * minute);

/** It takes 20 logins in a minute, and these tests would be faster. */
const moreLogins = (): Promise<void> => sleep(30_000);

afterAll(async () => {
  await ssh.stop();
  await telegram.stop();
});

test("the account is made while there is none, and found again by its password alone", async () => {
  expect(await ownerKind.observe(owner())).toBeUndefined();
  expect(await ownerKind.ensure(owner())).toEqual(owner());
  expect(await ownerKind.observe(owner())).toEqual(owner());
  await expect(ownerKind.ensure({ ...owner(), password: "another4password" })).rejects.toThrow(
    /found neither possible/,
  );
});

test(
  "monitors are made, changed one by one, and taken away",
  async () => {
    const two = watching(monitor("a"), monitor("b", { status: 302, contains: "OK" }));
    await monitorsKind.ensure(two);
    expect(await monitorsKind.observe(two)).toEqual(two);
    const other = watching(monitor("a", { url: "https://moved.vpai.test/" }), monitor("c"));
    await monitorsKind.ensure(other, two);
    expect(await monitorsKind.observe(other)).toEqual(other);
    await monitorsKind.remove(other);
    expect((await monitorsKind.observe(other))?.monitors).toEqual([]);
  },
  2 * minute,
);

test(
  "the notification is made, found when somebody changed or removed it, and made again; people's own stays",
  async () => {
    await moreLogins();
    expect(await notificationKind.observe(notification())).toBeUndefined();
    await notificationKind.ensure(notification());
    expect(await notificationKind.observe(notification())).toEqual(notification());
    sql("INSERT INTO notification (name, config, active, user_id, is_default) SELECT 'mine', '{}', 1, id, 0 FROM user");
    sql("UPDATE notification SET config = replace(config, '-4711', '-1') WHERE name = 'Telegram'");
    expect(await notificationKind.observe(notification())).toEqual({
      ...notification(),
      body: '{"chat_id": "-1", "text": {{ msg | json }} }',
    });
    await notificationKind.ensure(notification());
    expect(await notificationKind.observe(notification())).toEqual(notification());
    sql("DELETE FROM notification WHERE name = 'Telegram'");
    expect(await notificationKind.observe(notification())).toBeUndefined();
    await notificationKind.ensure(notification());
    expect(sql("SELECT name FROM notification ORDER BY name")).toEqual([{ name: "Telegram" }, { name: "mine" }]);
  },
  2 * minute,
);

test(
  "a monitor that lost the notification is found and given it again, and keeps what people gave it",
  async () => {
    await moreLogins();
    const wanted = watching(monitor("a", { calls: true }));
    await monitorsKind.ensure(wanted);
    expect(await monitorsKind.observe(wanted)).toEqual(wanted);
    sql("DELETE FROM monitor_notification");
    expect((await monitorsKind.observe(wanted))?.monitors).toEqual([monitor("a")]);
    sql(
      "INSERT INTO monitor_notification (monitor_id, notification_id) SELECT monitor.id, notification.id " +
        "FROM monitor, notification WHERE notification.name = 'mine'",
    );
    await monitorsKind.ensure(wanted);
    expect(await monitorsKind.observe(wanted)).toEqual(wanted);
    expect(sql("SELECT name FROM monitor_notification JOIN notification ON notification.id = notification_id")).toEqual(
      expect.arrayContaining([{ name: "Telegram" }, { name: "mine" }]),
    );
    await monitorsKind.remove(wanted);
  },
  2 * minute,
);

describe("a website", () => {
  let site: Server;
  let status = 200;
  const name = `it's "a" site {{ 1 }}`;

  beforeAll(async () => {
    site = createServer((_request, response) => void response.writeHead(status).end());
    await new Promise<void>((resolve) => site.listen(0, "0.0.0.0", resolve));
  });

  afterAll(() => new Promise((resolve) => site.close(resolve)));

  test(
    "that goes down is told in the chat, and told again when it is back",
    async () => {
      await moreLogins();
      const url = `http://${gateway}:${(site.address() as AddressInfo).port}/`;
      const watched = watching(monitor(name, { url, interval: 20, calls: true }));
      await monitorsKind.ensure(watched);
      await eventually(() => expect(sql("SELECT status FROM heartbeat WHERE status = 1")).not.toEqual([]), 60);
      expect(telegram.sent).toEqual([]);
      status = 503;
      await eventually(() => expect(textsOf(name)).toEqual([expect.stringMatching(/Down\].*503/)]), 90);
      status = 200;
      await eventually(() => expect(textsOf(name).at(-1)).toMatch(/Up\] 200 - OK$/), 60);
      expect(telegram.sent.map(({ chat }) => chat)).toEqual(["-4711", "-4711"]);
      await monitorsKind.remove(watched);
    },
    5 * minute,
  );
});

describe("a job", () => {
  const job: JobMonitor = { name: "job dump on a", interval: 93_600, active: true, calls: true };

  test(
    "is known by its token: its failure is told at once, and its next success",
    async () => {
      await monitorsKind.ensure(waitingFor(job));
      expect(await monitorsKind.observe(waitingFor(job))).toEqual(waitingFor(job));
      // A state of before knows no token that could be encrypted in it.
      expect(await monitorsKind.observe(watching())).toEqual({ ...watching(), jobs: [job] });
      expect(push("unknown", "status=up&msg=OK")).toBe("404");
      expect(push(PUSH, "status=up&msg=OK")).toBe("200");
      expect(textsOf(job.name)).toEqual([]);
      expect(push(PUSH, "status=down&msg=exit%20code%203")).toBe("200");
      await eventually(() => expect(textsOf(job.name)).toEqual([expect.stringMatching(/Down\] exit code 3$/)]), 30);
      expect(push(PUSH, "status=up&msg=OK")).toBe("200");
      await eventually(() => expect(textsOf(job.name).at(-1)).toMatch(/Up\] OK$/), 30);
    },
    2 * minute,
  );

  test(
    "has its token, time and notification set back when somebody changed them",
    async () => {
      sql("UPDATE monitor SET push_token = 'another', interval = 60, active = 0");
      sql("DELETE FROM monitor_notification");
      const changed = { name: job.name, interval: 60, active: false };
      expect(await monitorsKind.observe(waitingFor(job))).toEqual({
        ...waitingFor(job),
        jobs: [changed],
        tokens: { [job.name]: "another" },
      });
      await monitorsKind.ensure(waitingFor(job));
      expect(await monitorsKind.observe(waitingFor(job))).toEqual(waitingFor(job));
      expect(push(PUSH, "status=up&msg=OK")).toBe("200");
    },
    2 * minute,
  );

  test("becomes a website's monitor of the same name, and goes when nobody wants it", async () => {
    const site = watching(monitor(job.name));
    await monitorsKind.ensure(site);
    expect(await monitorsKind.observe(site)).toEqual(site);
    await monitorsKind.remove(site);
    expect(await monitorsKind.observe(watching())).toEqual(watching());
  }, 60_000);

  test("is told without a word of its token when the program refuses it", async () => {
    sql("CREATE TRIGGER refusing BEFORE INSERT ON monitor BEGIN SELECT RAISE(ABORT, 'refused'); END");
    const refused = monitorsKind.ensure(waitingFor(job));
    await expect(refused).rejects.toThrow(/expected add to succeed, found: .*refused/);
    await expect(refused).rejects.not.toThrow(PUSH);
    sql("DROP TRIGGER refusing");
  }, 60_000);
});

test("a chat that cannot be reached is in its log, without the bot's token", async () => {
  const job: JobMonitor = { name: "job dump on b", interval: 93_600, active: true, calls: true };
  const unreached = notification();
  await monitorsKind.ensure(waitingFor(job));
  await telegram.stop();
  push(PUSH, "status=down&msg=unheard");
  const log = (): string => {
    const { stdout, stderr } = spawnSync("docker", ["logs", `${run}-kuma`], { encoding: "utf8" });
    return `${stdout}${stderr}`;
  };
  await eventually(() => expect(log()).toContain("Cannot send notification to Telegram"), 30);
  for (const secret of [BOT, PUSH]) expect(log()).not.toContain(secret);
  await monitorsKind.remove(waitingFor(job));
  await notificationKind.remove(unreached);
  expect(await notificationKind.observe(unreached)).toBeUndefined();
}, 60_000);
