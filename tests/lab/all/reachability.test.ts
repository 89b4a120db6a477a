import { SESE_AI } from "../../facts/sese-ai";
import type { LabHost } from "../harness/host";
import { sharedLabOfAll } from "../harness/shared";

/**
 * Who answers whom. A container on each network tries every service at every address it has, on its own network or
 * another; those that share the network answer, all others do not.
 */

const NETWORKS = ["frontend", "backend", "monitoring", "egress", "sandbox"];

/** Port and networks of each service that listens for others. */
const SERVICES = new Map(
  Object.entries(SESE_AI).flatMap(([name, { port, networks }]) =>
    port === undefined ? [] : [[name, { port, networks }] as const],
  ),
);

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
  addresses = await allAddresses();
}, 2_700_000);

/** Every address of every service. */
async function allAddresses(): Promise<typeof addresses> {
  const line = "{{$container.Name}} {{$name}} {{$network.IPAddress}}\n";
  const format = `{{$container := .}}{{range $name, $network := .NetworkSettings.Networks}}${line}{{end}}`;
  const names = [...SERVICES.keys()].map((name) => `vpai_${name}`);
  const lines = (await host.docker("inspect", "--format", format, ...names)).split("\n");
  return lines.flatMap((text) => {
    const [container = "", network = "", address = ""] = text.split(" ");
    return address === "" ? [] : [{ service: container.replace("/vpai_", ""), network, address }];
  });
}

/** What answers a container on a network, of "name address port" targets. */
async function answering(network: string, targets: readonly string[]): Promise<string[]> {
  const image = (await host.container("vpai_n8n")).Image;
  const probe = ["--entrypoint", "node", image, "-e", PROBE, ...targets];
  const printed = await host.docker("run", "--rm", "--network", network, ...probe);
  return [...new Set(printed.split("\n").filter((line) => line !== ""))].sort();
}

const expectedOn = (network: string): string[] =>
  [...SERVICES].flatMap(([name, { networks }]) => (networks.includes(network) ? [name] : [])).sort();

describe.each(NETWORKS)("from a container on %s", (network) => {
  test("the services of that network answer under their names, and no other name does", async () => {
    const targets = [...SERVICES].map(([name, { port }]) => `${name} ${name} ${port}`);
    expect(await answering(network, targets)).toEqual(expectedOn(network));
  });

  test("no service answers under an address that it has on another network", async () => {
    const elsewhere = addresses.filter((one) => one.network !== network);
    const targets = elsewhere.map(
      ({ service, network: other, address }) => `${service}@${other} ${address} ${SERVICES.get(service)?.port ?? 0}`,
    );
    expect(targets.length).toBeGreaterThan(10);
    expect(await answering(network, targets)).toEqual([]);
  });
});
