import { once } from "node:events";
import { type AddressInfo, createServer, type Server } from "node:net";
import type { Lab } from "../harness/lab";
import type { LabHost } from "../harness/host";
import { ASK } from "../harness/ports";
import { sharedLabOfAll } from "../harness/shared";

/**
 * From inside every container of the lab: the Internet, which this machine plays, and what other hosts publish for everybody
 * answer those that have a way out; sshd of any host, the lab's registry, and the metadata address answer nobody.
 */

/** Containers on a network that is not internal; typed in from docs/requirements.md#networks and docs/decisions/hub.md. */
const WITH_A_WAY_OUT: Readonly<Record<string, readonly string[]>> = {
  "sese-ai": ["alertmanager", "caddy", "diun", "grafana", "litellm", "n8n", "nocodb", "openclaw", "sure-worker"],
  "seko-vpn": ["couchdb", "gateway", "headscale", "hub-monitoring", "uptime-kuma", "webhook-relay", "zerobyte"],
  workstation: ["comfyui", "remotion", "starter", "workstation-containers", "workstation-monitoring"],
};

/** A connection alone is an answer here: TLS waits for the other to speak first. */
const CONNECTS = ASK.replace("return target if one.recv(9) else None", "return target");

let lab: Lab;
let hosts: LabHost[];
let internet: Server;

beforeAll(async () => {
  lab = await sharedLabOfAll();
  hosts = await Promise.all(Object.keys(WITH_A_WAY_OUT).map((name) => lab.host(name)));
  internet = createServer((socket) => socket.on("error", () => undefined).end("yes")).listen(
    0,
    lab.identity.address(1),
  );
  await once(internet, "listening");
}, 2_700_000);

afterAll(() => (internet as Server | undefined)?.close());

/** Asks from the network namespace of every container that runs and has a network: `<container>: <targets that answered>`. */
const FROM_EACH = `ask=$1; shift
for id in $(docker ps --quiet); do
  [ "$(docker inspect --format '{{.HostConfig.NetworkMode}}' "$id")" != none ] || continue
  pid=$(docker inspect --format '{{.State.Pid}}' "$id")
  printf '%s: %s\\n' "$(docker inspect --format '{{.Name}}' "$id" | sed 's/^\\/[a-z]*_//')" \\
    "$(nsenter --target "$pid" --net python3 -c "$ask" "$@" | paste -sd,)"
done`;

test.each(Object.keys(WITH_A_WAY_OUT))(
  "from the containers of %s",
  async (name) => {
    const host = hosts.find((one) => one.name === name) as LabHost;
    const other = hosts.find((one) => one.name === (name === "sese-ai" ? "seko-vpn" : "sese-ai")) as LabHost;
    const { port } = internet.address() as AddressInfo;
    const open = [`tcp ${lab.identity.address(1)} ${port}`, `tcp ${other.publicAddress} 443`];
    const gateways = await host.output([
      "sh",
      "-c",
      "docker network inspect --format '{{range .IPAM.Config}}{{.Gateway}}{{end}}' $(docker network ls --quiet --filter driver=bridge)",
    ]);
    const closed = [
      ...hosts.map(({ publicAddress }) => `tcp ${publicAddress} 22`),
      ...gateways.split("\n").map((address) => `tcp ${address} 22`),
      ...[`tcp ${lab.identity.address(5)} 80`, "tcp 169.254.169.254 80"],
    ];
    const said = await host.output(["sh", "-c", FROM_EACH, "vpai", CONNECTS, ...open, ...closed]);
    const found = Object.fromEntries(said.split("\n").map((line) => line.split(/: ?/, 2) as [string, string]));
    const expected = Object.fromEntries(
      Object.keys(found).map((one) => [one, WITH_A_WAY_OUT[name]?.includes(one) === true ? open.join(",") : ""]),
    );
    expect(Object.keys(found)).toEqual(expect.arrayContaining([...(WITH_A_WAY_OUT[name] ?? [])]));
    expect(found).toEqual(expected);
  },
  300_000,
);

test("a refresh finds the firewall of every host as it is to be", async () => {
  const { all } = await lab.makeSucceed("refresh");
  expect(all).not.toMatch(/packet-filter.*updated|login-bans.*updated/);
});
