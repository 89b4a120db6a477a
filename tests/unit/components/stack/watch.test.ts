import { deploy } from "../../../../components/stack";
import { loadStackConfig } from "../../../../config";
import { namesOf } from "../../../../platforms";
import vpai from "../../../../platforms/vpai/platform";
import { CANARIES, graphOf, type Registered, resource, settingsOf } from "./graph";

/** Who watches from outside: what it is told, and whom it tells. Prod's hosts, once the hub has an address in the VPN. */

const HUB = "100.64.0.9";

/** @param without secrets that nobody has given */
function graphWith(groups: readonly string[], without: readonly string[] = []): Promise<Registered[]> {
  const hosts = JSON.parse(settingsOf("prod")["vpai:hosts"] ?? "{}") as Record<string, object>;
  const withHub = { ...hosts, "seko-vpn": { ...hosts["seko-vpn"], vpnAddress: HUB } };
  const secrets = Object.entries(CANARIES).filter(([name]) => !without.includes(name.replace("secrets:", "")));
  const config = { "vpai:services": JSON.stringify(groups), "vpai:hosts": JSON.stringify(withHub) };
  return graphOf("prod", { ...settingsOf("prod"), ...config, ...Object.fromEntries(secrets) }, () => ({
    hosts: deploy(vpai, loadStackConfig([namesOf(vpai)]), {}),
  }));
}

const given = (name: string): string => CANARIES[`secrets:${name}`] ?? "none";

let graph: Registered[];
beforeAll(async () => {
  graph = await graphWith(["core", "vpn"]);
}, 120_000);

interface Monitors {
  monitors: { name: string; calls?: boolean }[];
  jobs: { name: string; interval: number; calls?: boolean }[];
  tokens: Record<string, string>;
}

const monitorsIn = (registered: readonly Registered[]): Monitors =>
  resource(registered, "seko-vpn/monitors").inputs as unknown as Monitors;

test("its messages go to the owner's chat by the bot of the alerts, whose token nobody sees", () => {
  const { inputs, secrets, dependsOn, shown } = resource(graph, "seko-vpn/notification");
  expect(inputs).toMatchObject({
    url: `https://api.telegram.org/bot${given("alertsBotToken")}/sendMessage`,
    body: `{"chat_id": "${given("alertsChat")}", "text": {{ msg | json }} }`,
  });
  expect(secrets).toEqual(expect.arrayContaining(["url", "body", "server.password"]));
  for (const name of ["alertsBotToken", "alertsChat"]) expect(JSON.stringify(shown)).not.toContain(given(name));
  expect(dependsOn).toContain("seko-vpn/owner/uptime-kuma");
});

test("every monitor of ours sends them, and is made after them", () => {
  const { monitors, jobs } = monitorsIn(graph);
  expect(monitors.length).toBeGreaterThan(5);
  expect([...monitors, ...jobs].filter(({ calls }) => calls !== true)).toEqual([]);
  expect(resource(graph, "seko-vpn/monitors").dependsOn).toContain("seko-vpn/notification");
});

test("each watched job has a monitor with a token of its own, which its host's file has, too, for root alone", () => {
  const { jobs, tokens } = monitorsIn(graph);
  expect(jobs).toEqual([
    { name: "job backup-seko-vpn on seko-vpn", interval: 93_600, active: true, calls: true },
    { name: "job backup-sese-ai on sese-ai", interval: 93_600, active: true, calls: true },
  ]);
  expect(new Set(Object.values(tokens)).size).toBe(2);
  expect(resource(graph, "seko-vpn/monitors").secrets).toContain("tokens");
  const file = resource(graph, "sese-ai/job/backup-sese-ai/secret/watcher");
  expect(file).toMatchObject({
    inputs: {
      path: "/opt/vpai/secrets/backup-sese-ai/watcher",
      owner: "0:0",
      mode: "0400",
      content:
        `url = "https://uptime.ewutelo.cloud/api/push/${tokens["job backup-sese-ai on sese-ai"] ?? ""}"\n` +
        `resolve = "uptime.ewutelo.cloud:443:${HUB}"\n`,
    },
    secrets: ["content"],
  });
});

test("a watched job tells after each run, with root's rights, once its script and file are there; any other does not", () => {
  const { inputs, dependsOn } = resource(graph, "sese-ai/job/backup-sese-ai");
  expect(String(inputs["service"]).split("\n")).toContain(
    'ExecStopPost=+"/bin/sh" "/opt/vpai/jobs/tell" "/opt/vpai/secrets/backup-sese-ai/watcher" "backup-sese-ai"',
  );
  expect(dependsOn).toEqual(
    expect.arrayContaining(["sese-ai/jobs/tell", "sese-ai/job/backup-sese-ai/secret/watcher", "sese-ai/jobs/report"]),
  );
  expect(String(resource(graph, "sese-ai/job/audit-sese-ai").inputs["service"])).not.toContain("jobs/tell");
});

test("no token is in plain sight of anybody", () => {
  const { tokens } = monitorsIn(graph);
  for (const { shown } of graph)
    for (const token of Object.values(tokens)) expect(JSON.stringify(shown)).not.toContain(token);
});

test("a stack without bot and chat has monitors that call nobody, and no notification", async () => {
  const silent = await graphWith(["core", "vpn"], ["alertsBotToken", "alertsChat"]);
  expect(silent.filter(({ name }) => name === "seko-vpn/notification")).toEqual([]);
  const { monitors, jobs } = monitorsIn(silent);
  expect([...monitors, ...jobs].filter((one) => "calls" in one)).toEqual([]);
}, 120_000);

test("a stack without Uptime Kuma is as it was: no job tells, and there is no key", async () => {
  const core = await graphWith(["core"]);
  const services = core.map(({ inputs }) => String(inputs["service"]));
  expect(services.filter((text) => text.includes("jobs/tell"))).toEqual([]);
  expect(core.filter(({ name }) => /jobs\/tell|watcher|uptimeKuma/.test(name))).toEqual([]);
}, 120_000);
