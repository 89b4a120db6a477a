import https from "node:https";
import { setTimeout as sleep } from "node:timers/promises";
import { eventually } from "../../eventually";
import type { LabHost } from "../harness/host";
import type { Lab } from "../harness/lab";
import { sharedLabOfHub } from "../harness/shared";
import { joinVpn, leaveVpn } from "../harness/vpn-addresses";

/** Webhooks that come to the hub while n8n is away, with real Caddys on both hosts and a workflow that notes each run. */

const ADDRESSES = { "sese-ai": "100.64.0.14", "seko-vpn": "100.64.0.3" };
const PATH = "/webhook/relayed";

/** Answers with what came, which is then also in the run that n8n keeps. */
const WORKFLOW = {
  name: "Relayed",
  active: true,
  nodes: [
    {
      id: "0b6f1f0e-5d0a-4c5e-9d55-0d6a2c1f3b01",
      name: "Webhook",
      type: "n8n-nodes-base.webhook",
      typeVersion: 2,
      position: [0, 0],
      webhookId: "1c4d1f6e-3f0b-4a53-8f1e-5d9f0c6b7b02",
      parameters: { httpMethod: "POST", path: "relayed", responseMode: "lastNode", options: {} },
    },
    {
      id: "2d3a9a34-6a2c-4e1d-8b1f-2e7c9d4b6b03",
      name: "Answer",
      type: "n8n-nodes-base.set",
      typeVersion: 3.4,
      position: [220, 0],
      parameters: {
        mode: "raw",
        jsonOutput: "={{ { id: $json.body.id, size: $json.body.padding.length } }}",
        options: {},
      },
    },
  ],
  connections: { Webhook: { main: [[{ node: "Answer", type: "main", index: 0 }]] } },
  settings: { executionOrder: "v1", saveDataSuccessExecution: "all" },
};

interface Reply {
  status: number;
  headers: Record<string, unknown>;
  body: string;
}

let lab: Lab;
let sese: LabHost;
let hub: LabHost;

/** Sends one webhook to the relay's public site, as a stranger who waits as long as it takes. */
const send = (id: string): Promise<Reply> =>
  new Promise((resolve, reject) => {
    const body = JSON.stringify({ id, padding: "x".repeat(2000) });
    const options = {
      ...{ host: hub.publicAddress, servername: "relay.vpai.test", path: PATH, method: "POST", agent: false },
      ...{ rejectUnauthorized: false, headers: { host: "relay.vpai.test", "content-type": "application/json" } },
    } as const;
    https
      .request(options, (answer) => {
        let text = "";
        answer.setEncoding("utf8").on("data", (part: string) => (text += part));
        answer.on("error", reject);
        answer.on("end", () => resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body: text }));
      })
      .on("error", reject)
      .end(body);
  });

/** How often n8n has run the workflow. */
async function runs(): Promise<number> {
  const query = `SELECT count(*) FROM execution_entity e JOIN workflow_entity w ON w.id = e."workflowId" WHERE w.name = 'Relayed'`;
  const psql = ["psql", "--username", "postgres", "--dbname", "n8n", "-tA", "--command", query];
  return Number(await sese.docker("exec", "vpai_postgresql", ...psql));
}

beforeAll(async () => {
  lab = await sharedLabOfHub();
  sese = await lab.host("sese-ai");
  hub = await lab.host("seko-vpn");
  lab.edit("platforms/vpai/services/n8n/workflows/relayed.json", () => JSON.stringify(WORKFLOW));
  await joinVpn(lab, ADDRESSES);
  await lab.makeSucceed("up");
  await eventually(async () => expect(await send("first")).toMatchObject({ status: 200 }), 60);
}, 2_700_000);

afterAll(async () => {
  await sese.docker("start", "vpai_n8n");
  lab.restoreFiles();
  await leaveVpn(lab, ADDRESSES);
  await lab.makeSucceed("up");
}, 900_000);

test("200 webhooks while n8n is away for a minute are all answered, none is lost and none comes twice", async () => {
  const before = await runs();
  const ids = Array.from({ length: 200 }, (_none, index) => `webhook-${index}`);
  await sese.docker("stop", "vpai_n8n");
  const stopped = Date.now();
  const sent = Promise.all(
    // The first ones come at once, before anybody can have noticed.
    ids.map(async (id, index) => {
      await sleep(index * 200);
      return send(id);
    }),
  );
  await sleep(60_000 - (Date.now() - stopped));
  await sese.docker("start", "vpai_n8n");
  const replies = await sent;
  expect(replies.filter(({ status }) => status !== 200)).toEqual([]);
  const answered = replies.map(({ body }) => JSON.parse(body) as { id: string; size: number });
  expect(answered).toEqual(ids.map((id) => ({ id, size: 2000 })));
  await eventually(async () => expect((await runs()) - before).toBe(200), 30);
  // Nothing is sent again later.
  await sleep(10_000);
  expect((await runs()) - before).toBe(200);
}, 600_000);

test("while n8n stays away for longer, a webhook is answered 503 and told when to come again", async () => {
  const before = await runs();
  await sese.docker("stop", "vpai_n8n");
  const begin = Date.now();
  const { status, headers } = await send("in vain");
  const seconds = (Date.now() - begin) / 1000;
  expect({ status, retryAfter: headers["retry-after"] }).toEqual({ status: 503, retryAfter: "30" });
  expect(seconds).toBeGreaterThan(85);
  expect(seconds).toBeLessThan(200);
  await sese.docker("start", "vpai_n8n");
  await eventually(async () => expect(await send("again")).toMatchObject({ status: 200 }), 180);
  expect((await runs()) - before).toBe(1);
}, 600_000);

test("nothing but webhooks is passed on", async () => {
  const status = (path: string): Promise<string> =>
    hub.output([
      ...["curl", "-sk", "-o", "/dev/null", "-w", "%{http_code}", "--path-as-is"],
      ...["--resolve", `relay.vpai.test:443:${hub.publicAddress}`, `https://relay.vpai.test${path}`],
    ]);
  for (const path of ["/", "/rest/settings", "/rest/login", "/webhook/../rest/settings", "/webhook/%2e%2e/rest/login"])
    expect([path, await status(path)]).toEqual([path, "404"]);
}, 60_000);
