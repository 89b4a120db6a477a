import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { parse } from "yaml";
import { seen, type Seen } from "../../../commands/vpn-toggle/look";
import { eventually } from "../../eventually";
import type { LabHost } from "../harness/host";
import type { Lab } from "../harness/lab";
import { killProcess, processesIn } from "../harness/processes";
import { cleanEnvironment } from "../harness/run";
import { sharedLab } from "../harness/shared";

/** `make vpn-toggle`: n8n's site, which is VPN-only, is closed to everybody before anything else happens, and opened last. */

const VPN = "100.64.0.14";
const DOOR = { host: "sese-ai", hostname: "mayi.vpai.test", path: "/healthz", status: 200 };

let lab: Lab;
let host: LabHost;

const setting = (): unknown =>
  (parse(readFileSync(path.join(lab.directory, "Pulumi.lab.yaml"), "utf8")) as { config: Record<string, unknown> })
    .config["vpai:vpnEnforce"];

/** As somebody outside of the VPN meets the site. */
const outside = (): Promise<Seen> => seen(DOOR, host.publicAddress);

/** What a member of the VPN is answered. */
const inside = (): Promise<string> =>
  host.output([
    ...["curl", "--silent", "--insecure", "--output", "/dev/null", "--write-out", "%{http_code}", "--max-time", "10"],
    ...["--resolve", `mayi.vpai.test:443:${VPN}`, "https://mayi.vpai.test/healthz"],
  ]);

/** Starts the command, and kills it with all its children as soon as it has said something. */
async function killedOnceItSays(argument: string, words: RegExp): Promise<string> {
  const child: ChildProcess = spawn("make", ["vpn-toggle", argument], {
    cwd: lab.directory,
    env: cleanEnvironment(),
    stdio: "pipe",
  });
  let said = "";
  const hear = (chunk: Buffer): void => void (said += chunk.toString("utf8"));
  child.stdout?.on("data", hear);
  child.stderr?.on("data", hear);
  const ended = once(child, "close");
  while (!words.test(said) && child.exitCode === null) await sleep(20);
  for (const { pid } of processesIn(lab.directory)) killProcess(pid);
  await ended;
  expect(said).toMatch(words);
  return said;
}

/** Looks at the site until told to stop. */
function watching(): () => Promise<Seen[]> {
  const found: Seen[] = [];
  let isOver = false;
  const looking = (async () => {
    while (!isOver) {
      found.push(await outside());
      await sleep(200);
    }
  })();
  return async () => {
    isOver = true;
    await looking;
    return found;
  };
}

beforeAll(async () => {
  lab = await sharedLab();
  host = await lab.host("sese-ai");
  await host.output(["sh", "-c", `ip link add vpn0 type bridge; ip link set vpn0 up; ip addr add ${VPN}/32 dev vpn0`]);
  await lab.pulumiSucceed(["config", "set", "--path", "vpai:hosts.sese-ai.vpnAddress", VPN]);
  await lab.makeSucceed("up");
  expect([await outside(), setting()]).toEqual(["open", "false"]);
}, 1_800_000);

afterAll(async () => {
  await lab.pulumiSucceed(["config", "set", "vpai:vpnEnforce", "false"]);
  await lab.pulumiSucceed(["config", "rm", "--path", "vpai:hosts.sese-ai.vpnAddress"]);
  await lab.makeSucceed("up");
  await host.output(["ip", "link", "del", "vpn0"]);
}, 900_000);

test("without a word it says which sites it is about, and how they are", async () => {
  const { stdout } = await lab.makeSucceed("vpn-toggle");
  expect(stdout).toMatch(/^mayi\.vpai\.test +sese-ai +open$/m);
  expect(setting()).toBe("false");
}, 120_000);

test.each([
  ["right after the gateway was told", /sese-ai: closed\./, "false"],
  ["as soon as the stack's file says it", /is true in Pulumi\.lab\.yaml/, "true"],
])(
  "closing, killed %s: the site is closed",
  async (_when, words, noted) => {
    await killedOnceItSays("VPN=on", words);
    expect([await outside(), setting()]).toEqual(["closed", noted]);
    expect(await inside()).toBe("200");
  },
  300_000,
);

test("closing, killed while up is at work: closed, and up finishes it", async () => {
  await lab.makeSucceed("vpn-toggle VPN=off");
  expect(await outside()).toBe("open");
  await killedOnceItSays("VPN=on", /is true in Pulumi\.lab\.yaml[^]*sese-ai/);
  const stop = watching();
  await lab.makeSucceed("up");
  const found = await stop();
  expect([...new Set(found)]).toEqual(["closed"]);
  expect(found.length).toBeGreaterThan(5);
  expect(await inside()).toBe("200");
  expect(await lab.preview()).toEqual({});
}, 1_200_000);

test("opening, killed as soon as the stack's file says it: still closed, and up opens it", async () => {
  await killedOnceItSays("VPN=off", /is false in Pulumi\.lab\.yaml/);
  expect([await outside(), setting()]).toEqual(["closed", "false"]);
  await lab.makeSucceed("up");
  await eventually(async () => expect(await outside()).toBe("open"), 30);
}, 900_000);

/** Seconds for which the gateway's old and new configuration may both take requests, while it reloads. */
const RELOAD = 2;

test("whole, it is closed within seconds, stays so once the gateway has reloaded, and is asked from outside at the end", async () => {
  const began = Date.now();
  const found: { saw: Seen; after: number }[] = [];
  const command = lab.makeSucceed("vpn-toggle VPN=on");
  let isOver = false;
  const looking = (async () => {
    while (!isOver) {
      found.push({ saw: await outside(), after: (Date.now() - began) / 1000 });
      await sleep(200);
    }
  })();
  const { stdout } = await command;
  isOver = true;
  await looking;
  const closed = found.find(({ saw }) => saw === "closed")?.after ?? Infinity;
  const open = found.filter(({ saw }) => saw !== "closed").at(-1)?.after ?? 0;
  const took = found.at(-1)?.after ?? 0;
  console.log(`closed after ${closed.toFixed(1)} s, open last after ${open.toFixed(1)} s, of ${took.toFixed(1)} s`);
  expect(closed).toBeLessThan(10);
  expect(open).toBeLessThan(closed + RELOAD);
  expect(stdout).toMatch(/^mayi\.vpai\.test +sese-ai +closed$/m);
  expect(stdout.indexOf("sese-ai: closed.")).toBeLessThan(stdout.indexOf("up follows"));
}, 900_000);

test("a site that has no switch of its own, and a word that is none, change nothing", async () => {
  const { code, stderr } = await lab.make("vpn-toggle VPN=maybe SITE=mayi");
  expect([code, stderr]).toEqual([2, expect.stringMatching(/SITE[^]*VPN\n[^]*on, off/)]);
  expect(setting()).toBe("true");
}, 120_000);
