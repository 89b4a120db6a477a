import { eventually } from "../eventually";
import type { LabHost } from "./harness/host";
import type { Lab } from "./harness/lab";
import { localDocker } from "./harness/docker";
import { sharedLab } from "./harness/shared";
import { authorityOf, get } from "./harness/site";

/** n8n is reached as its users reach it, and what it was given outlives restarts. */

const SITE = "https://mayi.vpai.test";

let lab: Lab;
let host: LabHost;
beforeAll(async () => {
  lab = await sharedLab();
  host = await lab.host("sese-ai");
}, 1_500_000);

const WORKFLOW = {
  id: "labSurvives001",
  name: "survives a restart",
  active: false,
  nodes: [
    { id: "a1", name: "Start", type: "n8n-nodes-base.manualTrigger", typeVersion: 1, position: [0, 0], parameters: {} },
    {
      id: "a2",
      name: "Note",
      type: "n8n-nodes-base.set",
      typeVersion: 3.4,
      position: [220, 0],
      parameters: { mode: "raw", jsonOutput: '{"said": "it\'s {{ here }} é"}' },
    },
  ],
  connections: { Start: { main: [[{ node: "Note", type: "main", index: 0 }]] } },
  settings: { executionOrder: "v1" },
};

const n8n = (...args: string[]): Promise<string> => host.docker("exec", "vpai_n8n", "n8n", ...args);

/** The workflow as n8n itself gives it back. */
async function exportedWorkflow(): Promise<unknown> {
  await n8n("export:workflow", `--id=${WORKFLOW.id}`, "--output=/tmp/exported.json");
  return (JSON.parse(await host.docker("exec", "vpai_n8n", "cat", "/tmp/exported.json")) as unknown[])[0];
}

const expectHealthz = async (): Promise<void> => {
  const { status, body } = await get(host, `${SITE}/healthz`, await authorityOf(host));
  expect({ status, body }).toEqual({ status: 200, body: '{"status":"ok"}' });
};

describe("the public side", () => {
  test("gives n8n's own health under its hostname, over verified HTTPS", async () => {
    await expectHealthz();
  });

  test("gives n8n's editor", async () => {
    const { status, body } = await get(host, `${SITE}/`, await authorityOf(host));
    expect(status).toBe(200);
    expect(body).toMatch(/<title>n8n\.io/);
  });

  test("has a certificate that strangers do not trust", async () => {
    const stranger = (await authorityOf(await lab.host("sese-ai"))).replace(/\n[A-Za-z0-9+/]{8}/, "\nAAAAAAAA");
    await expect(get(host, `${SITE}/healthz`, stranger)).rejects.toThrow();
  });

  test("knows no other name", async () => {
    await expect(get(host, "https://other.vpai.test/", await authorityOf(host))).rejects.toThrow(/alert|SSL|TLS/i);
  });
});

describe("a workflow made with n8n's own command", () => {
  beforeAll(async () => {
    const write = ["docker", "exec", "-i", "vpai_n8n", "sh", "-c", "cat >/tmp/workflow.json"];
    await host.output(write, { stdin: JSON.stringify(WORKFLOW) });
    await n8n("import:workflow", "--input=/tmp/workflow.json");
    expect(await exportedWorkflow()).toMatchObject(WORKFLOW);
  });

  test("survives a restart of n8n", async () => {
    await host.docker("restart", "vpai_n8n");
    await host.becomesHealthy(120);
    expect(await exportedWorkflow()).toMatchObject(WORKFLOW);
    await expectHealthz();
  });

  test("survives a reboot of the host, after which everything comes up by itself", async () => {
    await localDocker("restart", `${lab.identity.prefix}-sese-ai`);
    // Every login checks the pinned host key.
    await eventually(() => host.output(["true"]), 60);
    await host.becomesHealthy(180);
    expect(await exportedWorkflow()).toMatchObject(WORKFLOW);
    await expectHealthz();
    expect(await lab.refresh()).toEqual({});
    expect(await lab.preview()).toEqual({});
  });
});
