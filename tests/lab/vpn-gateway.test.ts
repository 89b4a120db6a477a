import { execFileSync } from "node:child_process";
import { ensureImage } from "../../lab/images/build";
import { gatewaysOn, tellGateways } from "../../commands/vpn-toggle/gateways";
import { seen, type Seen } from "../../commands/vpn-toggle/look";
import { type Toggle, withToggle } from "../../commands/vpn-toggle/switch";
import { readSettings, type StackConfig } from "../../config";
import { platformNames } from "../../platforms";
import vpai from "../../platforms/vpai/platform";
import { eventually } from "../eventually";
import { rawConfig } from "../unit/config/example";
import { BareHost } from "./harness/bare-host";
import { run as prefix } from "./harness/containers";

/** How `make vpn-toggle` tells a gateway: the lab's Caddy on a host of its own, with the platform's Caddyfile, asked from outside. */

const hostOf = BareHost.use("gateway");
let host: BareHost;

const DOOR = { host: "sese-ai", hostname: "mayi.vpai.test", path: "/healthz", status: 200 };

const CONFIG = configOf({
  platform: "vpai",
  domain: "vpai.test",
  tls: "internal",
  vpnEnforce: "false",
  services: ["core", "vpn"],
  hosts: {
    "sese-ai": { machine: { kind: "lab" }, vpnAddress: "100.64.0.14", memoryMiB: 8192, architecture: "amd64" },
    "seko-vpn": { machine: { kind: "lab" }, vpnAddress: "100.64.0.9", memoryMiB: 2048, architecture: "amd64" },
  },
});

function configOf(settings: Record<string, unknown>): StackConfig {
  const { config, problems } = readSettings(rawConfig(settings, {}, false), platformNames);
  if (config === undefined) throw new Error(JSON.stringify(problems));
  return config;
}

const place = { stack: "lab", platform: vpai, given: [] };

/** Tells the gateways of some hosts. */
const tell = (isOn: boolean, names = ["sese-ai"]): ReturnType<typeof tellGateways> => {
  const toggle: Toggle = { setting: "vpnEnforce", isOn };
  const services = { caddy: { container: "vpai_caddy" }, gateway: { container: "vpn_gateway" } };
  const known = { connection: host.connection, publicAddress: host.publicAddress, services };
  const away = { ...known, connection: { ...known.connection, port: 2 } };
  const hosts = { "sese-ai": known, "seko-vpn": away };
  return tellGateways(names, { ...place, config: withToggle(CONFIG, toggle), hosts });
};

/** As somebody outside of the VPN meets n8n's site: Caddy answers 502 for it, as no n8n is there. */
const outside = (): Promise<Seen> => seen(DOOR, host.publicAddress);

beforeAll(async () => {
  host = hostOf();
  const image = await ensureImage("caddy");
  execFileSync("sh", [
    "-euc",
    'docker save "$1" | docker exec --interactive "$2" docker load',
    "load",
    image,
    `${prefix}-gateway`,
  ]);
  const [caddy] = gatewaysOn("sese-ai", { ...place, config: CONFIG });
  for (const { path, content } of caddy?.files ?? [])
    await host.output(["sh", "-euc", 'mkdir -p "$(dirname "$1")"; cat > "$1"', "put", path], { stdin: content });
  host.sh(
    `docker run --detach --name vpai_caddy --publish 443:443 --volume /opt/vpai/configs/caddy:/etc/caddy:ro \
       --tmpfs /data --tmpfs /config '${image}' caddy run --config /etc/caddy/Caddyfile --adapter caddyfile`,
  );
  await eventually(async () => expect(await outside()).toBe("open"), 120);
}, 1_500_000);

test("the switch closes the site, and opens it again", async () => {
  expect(await tell(true)).toEqual([{ host: "sese-ai" }]);
  expect(await outside()).toBe("closed");
  // Told once more, nothing is another.
  expect(await tell(true)).toEqual([{ host: "sese-ai" }]);
  expect(await outside()).toBe("closed");
  expect(await tell(false)).toEqual([{ host: "sese-ai" }]);
  await eventually(async () => expect(await outside()).toBe("open"), 30);
}, 120_000);

// For a moment the gateway's old and new configuration both take requests: what counts is who asks once the switch has said so.
test("whoever asks meanwhile finds it open or closed, and whoever asks after that finds it closed", async () => {
  const meanwhile: Seen[] = [];
  let isOver = false;
  const asking = (async () => {
    while (!isOver) meanwhile.push(await outside());
  })();
  await tell(true);
  isOver = true;
  expect(await Promise.all([outside(), outside(), outside()])).toEqual(["closed", "closed", "closed"]);
  await asking;
  expect(meanwhile[0]).toBe("open");
  expect(meanwhile.filter((one) => one !== "open" && one !== "closed")).toEqual([]);
  await tell(false);
}, 120_000);

test("a host that is away keeps no other one open, and is told of", async () => {
  const began = Date.now();
  const outcomes = await tell(true, ["seko-vpn", "sese-ai"]);
  expect(outcomes).toEqual([{ host: "seko-vpn", fault: expect.any(String) as string }, { host: "sese-ai" }]);
  expect(await outside()).toBe("closed");
  expect(Date.now() - began).toBeLessThan(60_000);
}, 120_000);

test("after a restart of its container it is as it was told", async () => {
  host.sh("docker restart vpai_caddy");
  await eventually(async () => expect(await outside()).toBe("closed"), 60);
}, 120_000);
