import { eventually } from "../../eventually";
import type { LabHost } from "../harness/host";
import type { Lab } from "../harness/lab";
import { sharedLabOfAll } from "../harness/shared";

/** What the collectors of the hub and the workstation bring to Sese-AI's stores, also after these were away. */

let lab: Lab;
let sese: LabHost;
let pi: LabHost;

beforeAll(async () => {
  lab = await sharedLabOfAll();
  sese = await lab.host("sese-ai");
  pi = await lab.host("workstation");
}, 2_700_000);

/** Asks a store over HTTP, from a container that shares its network. */
async function store(url: string): Promise<string> {
  const image = (await sese.container("vpai_n8n")).Image;
  const script = "fetch(process.argv[1]).then((answer) => answer.text()).then((text) => console.log(text))";
  return sese.docker("run", "--rm", "--network", "monitoring", "--entrypoint", "node", image, "-e", script, url);
}

interface Series {
  metric: Record<string, string>;
  value: [number, string];
}

async function query(expr: string): Promise<Series[]> {
  const text = await store(`http://victoriametrics:8428/api/v1/query?query=${encodeURIComponent(expr)}`);
  return (JSON.parse(text) as { data: { result: Series[] } }).data.result;
}

const lines = (selector: string): Promise<string> =>
  store(`http://loki:3100/loki/api/v1/query_range?query=${encodeURIComponent(selector)}`);

test.each(["seko-vpn", "workstation"])(
  "%s tells of itself",
  async (host) => {
    await eventually(async () => {
      expect(await query(`up{job="host",host="${host}"} == 1`)).toHaveLength(1);
      expect(await query(`node_memory_MemTotal_bytes{host="${host}"}`)).toHaveLength(1);
    }, 120);
  },
  180_000,
);

test("the workstation's units and containers are told by their services", async () => {
  await eventually(async () => {
    const units = await query('node_systemd_unit_state{host="workstation",state="active"} == 1');
    expect(units.map(({ metric }) => metric["name"]).sort()).toEqual([
      "caddy-workstation.service",
      "n8n-mcp.service",
      "opencode.service",
    ]);
    const containers = await query('count by (service) (container_memory_working_set_bytes{host="workstation"})');
    expect(containers.map(({ metric }) => metric["service"])).toEqual(expect.arrayContaining(["comfyui", "remotion"]));
  }, 180);
}, 240_000);

test("what units and containers log is in Loki, under their names", async () => {
  await pi.output(["systemctl", "restart", "n8n-mcp"]);
  await eventually(async () => {
    expect(await lines('{host="workstation",service="n8n-mcp"}')).toContain('"values"');
    expect(await lines('{host="workstation",service="comfyui"}')).toContain('"values"');
    expect(await lines('{host="seko-vpn",service="gateway"}')).toContain('"values"');
  }, 180);
}, 240_000);

test("what is told while the door is shut arrives once it is open", async () => {
  const before = Math.floor(Date.now() / 1000);
  await sese.docker("stop", "vpai_caddy");
  await new Promise((resolve) => setTimeout(resolve, 90_000));
  await sese.docker("start", "vpai_caddy");
  const during = { start: before + 30, end: before + 90 };
  await eventually(async () => {
    const range = `query=${encodeURIComponent('up{job="host",host="workstation"}')}&start=${during.start}&end=${during.end}&step=30`;
    const text = await store(`http://victoriametrics:8428/api/v1/query_range?${range}&nocache=1`);
    const { data } = JSON.parse(text) as { data: { result: { values: unknown[] }[] } };
    expect(data.result[0]?.values.length).toBeGreaterThanOrEqual(2);
  }, 180);
}, 360_000);

test("no alert waits for a workstation that may be away", async () => {
  const rules = await sese.docker("exec", "vpai_vmalert", "cat", "/etc/vmalert/rules.yml");
  expect(rules).toMatch(/absent\(up\{job=\\?"host\\?",host=\\?"seko-vpn\\?"\} == 1\)/);
  expect(rules).not.toMatch(/host=\\?"workstation/);
});
