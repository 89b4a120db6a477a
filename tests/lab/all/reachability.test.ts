import type { LabHost } from "../harness/host";
import { sharedLabOfAll } from "../harness/shared";

/**
 * Who answers whom. A container on each network tries every service at every address it has, on its own network or
 * another; those that share the network answer, all others do not.
 */

type Network = "frontend" | "backend" | "monitoring" | "egress" | "sandbox";
const NETWORKS: readonly Network[] = ["frontend", "backend", "monitoring", "egress", "sandbox"];

/**
 * Port and networks of each service, typed in from seed 001, 3 and 8.1 to 8.3; vmalert's, Kaneo's
 * and NocoDB's from docs/decisions.md.
 */
const SERVICES: Record<string, { port: number; on: readonly Network[] }> = {
  caddy: { port: 443, on: ["frontend", "backend"] },
  postgresql: { port: 5432, on: ["backend"] },
  redis: { port: 6379, on: ["backend"] },
  qdrant: { port: 6333, on: ["backend"] },
  n8n: { port: 5678, on: ["backend", "egress"] },
  litellm: { port: 4000, on: ["backend", "egress"] },
  openclaw: { port: 18789, on: ["backend", "egress", "sandbox"] },
  palais: { port: 3300, on: ["backend"] },
  sure: { port: 3000, on: ["backend"] },
  "kaneo-api": { port: 1337, on: ["backend"] },
  kaneo: { port: 3000, on: ["backend"] },
  nocodb: { port: 8080, on: ["backend"] },
  victoriametrics: { port: 8428, on: ["monitoring"] },
  vmalert: { port: 8880, on: ["monitoring"] },
  loki: { port: 3100, on: ["monitoring"] },
  alloy: { port: 12345, on: ["backend", "monitoring"] },
  grafana: { port: 3000, on: ["frontend", "backend", "monitoring"] },
  cadvisor: { port: 8080, on: ["monitoring"] },
};

/** Tries every "name address port" of its arguments at once; prints the names and addresses that accept a connection. */
const PROBE = `
const { connect } = require("node:net");
for (const target of process.argv.slice(1)) {
  const [name, host, port] = target.split(" ");
  const socket = connect({ host, port: Number(port), timeout: 4000 });
  socket.on("connect", () => { console.log(name); socket.destroy(); });
  socket.on("timeout", () => socket.destroy());
  socket.on("error", () => {});
}`;

let host: LabHost;
let addresses: { service: string; network: string; address: string }[];

beforeAll(async () => {
  host = await (await sharedLabOfAll()).host("sese-ai");
  addresses = (await Promise.all(Object.keys(SERVICES).map(addressesOf))).flat();
}, 2_700_000);

async function addressesOf(service: string): Promise<typeof addresses> {
  const format = "{{range $name, $network := .NetworkSettings.Networks}}{{$name}} {{$network.IPAddress}}\n{{end}}";
  const lines = (await host.docker("inspect", "--format", format, `vpai_${service}`)).split("\n");
  return lines.map((line) => {
    const [network = "", address = ""] = line.split(" ");
    return { service, network, address };
  });
}

/** What answers a container on a network, of "name address port" targets. */
async function answering(network: Network, targets: readonly string[]): Promise<string[]> {
  const image = (await host.container("vpai_n8n")).Image;
  const probe = ["--entrypoint", "node", image, "-e", PROBE, ...targets];
  const printed = await host.docker("run", "--rm", "--network", network, ...probe);
  return [...new Set(printed.split("\n").filter((line) => line !== ""))].sort();
}

const expectedOn = (network: Network): string[] =>
  Object.keys(SERVICES)
    .filter((service) => SERVICES[service]?.on.includes(network))
    .sort();

describe.each(NETWORKS)("from a container on %s", (network) => {
  test("the services of that network answer under their names, and no other name does", async () => {
    const targets = Object.entries(SERVICES).map(([name, { port }]) => `${name} ${name} ${port}`);
    expect(await answering(network, targets)).toEqual(expectedOn(network));
  });

  test("no service answers under an address that it has on another network", async () => {
    const elsewhere = addresses.filter((one) => one.network !== network);
    const targets = elsewhere.map(
      ({ service, network: other, address }) => `${service}@${other} ${address} ${SERVICES[service]?.port ?? 0}`,
    );
    expect(targets.length).toBeGreaterThan(10);
    expect(await answering(network, targets)).toEqual([]);
  });
});
