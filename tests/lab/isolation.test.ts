import { implementations } from "../../providers";
import { countedPackets } from "../../providers/isolation/counted";
import { transportTo } from "../../providers/ssh/transport";
import { eventually } from "../eventually";
import { BareHost } from "./harness/bare-host";
import { docker, image, inside, run as prefix, start } from "./harness/containers";
import { ASK, PYTHON, SERVE } from "./harness/ports";

/** A real host with a container, closed in its kernel: one neighbour is its own, the other one is the world. */

const closed = BareHost.use("closed");
const { hostIsolation } = implementations;
const MINUTE = 60_000;

/** Addresses of the host's neighbours. */
let own: string;
let world: string;

const inputs = () => ({ connection: closed().connection, own: [own], differences: [] });
const close = () => hostIsolation!.create(inputs());
const packets = () => countedPackets(transportTo(closed().connection));

async function differences(): Promise<string[]> {
  const read = await hostIsolation!.read("isolation", inputs());
  return (read.props as { differences: string[] }).differences;
}

const lines = (said: string): string[] => said.split("\n").filter(Boolean);

/** Those of the targets that answer the host itself, and a container of it. */
const answering = (...targets: string[]): string[][] => [
  lines(inside("closed", "python3", "-c", ASK, ...targets)),
  lines(inside("closed", "docker", "exec", "n8n", "python3", "-c", ASK, ...targets)),
];

/** Whether the host, and a container of it, find an address for a name: by the resolver that each of them has. */
function resolves(name: string): boolean[] {
  const ask = [
    "python3",
    "-c",
    `import socket,sys\ntry: print(socket.gethostbyname("${name}"))\nexcept OSError: print("none")`,
  ];
  return [inside("closed", ...ask), inside("closed", "docker", "exec", "n8n", ...ask)].map((said) => said !== "none");
}

const addressOf = (name: string): string =>
  docker("inspect", "--format", `{{(index .NetworkSettings.Networks "${prefix}").IPAddress}}`, `${prefix}-${name}`);

beforeAll(async () => {
  for (const name of ["own", "world"]) {
    start(name, image("lab-host"), ["--entrypoint", "sleep"], "infinity");
    docker("exec", "--detach", `${prefix}-${name}`, "python3", "-c", SERVE, "443");
  }
  [own, world] = [addressOf("own"), addressOf("world")];
  await transportTo(closed().connection).script(
    `tar --dereference --exclude=__pycache__ --exclude=test -C / -c ${PYTHON.join(" ")} | docker import - serve:1 >/dev/null
     docker network create egress; docker network create backend
     docker run --detach --name postgresql --network backend serve:1 python3 -c "$1" 5432
     docker run --detach --name n8n --network egress serve:1 python3 -c "$1" 5678
     docker network connect backend n8n`,
    [SERVE],
  );
}, 25 * MINUTE);

test(
  "before, the host and its container reach both neighbours, and find them by name",
  async () => {
    const targets = [`tcp ${own} 443`, `tcp ${world} 443`, `udp ${world} 443`];
    await eventually(() => expect(answering(...targets)).toEqual([targets, targets]), 60);
    expect(resolves(`${prefix}-world.${prefix}`)).toEqual([true, true]);
  },
  MINUTE,
);

test(
  "closed, they reach their own neighbour and each other, and nobody else; each try is counted, and none gets past",
  async () => {
    await close();
    const targets = [`tcp ${own} 443`, `tcp ${world} 443`, `udp ${world} 443`, "tcp 192.0.2.1 443", "udp 192.0.2.1 53"];
    const before = await packets();
    expect(answering(...targets)).toEqual([[`tcp ${own} 443`], [`tcp ${own} 443`]]);
    const { refused, past } = await packets();
    expect({ tries: refused - before.refused >= 8, past }).toEqual({ tries: true, past: 0 });
    const [[, fromContainer]] = [answering(`tcp ${addressInside("postgresql")} 5432`)];
    expect(fromContainer).toEqual([`tcp ${addressInside("postgresql")} 5432`]);
  },
  MINUTE,
);

/** Of a container of the host. */
const addressInside = (name: string): string =>
  inside("closed", "docker", "inspect", "--format", "{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}", name);

test(
  "a name of outside never resolves, and that is quick; those of its own containers do",
  async () => {
    const { refused } = await packets();
    const begun = Date.now();
    expect(resolves(`${prefix}-world.${prefix}`)).toEqual([false, false]);
    expect(Date.now() - begun).toBeLessThan(10_000);
    expect((await packets()).refused).toBeGreaterThan(refused);
    expect(resolves("postgresql")).toEqual([false, true]);
  },
  MINUTE,
);

test(
  "a second time changes nothing, and what was counted stays",
  async () => {
    const before = await packets();
    await close();
    expect([await packets(), await differences()]).toEqual([before, []]);
  },
  MINUTE,
);

test(
  "who opens it by hand gets no packet past the second look, which counts them; the next run closes it",
  async () => {
    closed().sh("nft flush chain inet vpai_isolation output; nft flush chain inet vpai_isolation forward");
    expect(answering(`tcp ${world} 443`, `udp ${world} 443`)).toEqual([[], []]);
    expect((await packets()).past).toBeGreaterThan(0);
    expect((await differences()).length).toBeGreaterThan(0);
    await close();
    expect(await differences()).toEqual([]);
    expect((await packets()).past).toBe(0);
  },
  MINUTE,
);

test(
  "it is closed after a restart of the engine and of the firewall's neighbours, too",
  async () => {
    closed().sh("systemctl restart docker; systemctl restart vpai-isolation");
    await eventually(() => inside("closed", "docker", "start", "n8n"), 60);
    await eventually(
      () => expect(answering(`tcp ${own} 443`, `tcp ${world} 443`)).toEqual([[`tcp ${own} 443`], [`tcp ${own} 443`]]),
      60,
    );
  },
  2 * MINUTE,
);

test(
  "taken away, it is open again",
  async () => {
    await hostIsolation!.delete("isolation", { ...inputs() });
    expect(answering(`tcp ${world} 443`)).toEqual([[`tcp ${world} 443`], [`tcp ${world} 443`]]);
    await expect(packets()).rejects.toThrow("expected a closed host");
  },
  MINUTE,
);
