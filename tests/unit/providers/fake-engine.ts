import http from "node:http";
import net from "node:net";
import type { Duplex } from "node:stream";
import type { Container } from "../../../providers/docker/container";
import type { EngineHost } from "../../../providers/docker/engine/api";
import type { Answer } from "../../../providers/ssh/transport";

/** How containers of an image behave, look by look, the last for ever. */
export interface Behaviour {
  looks: { status: string; health?: string; restarts?: number; exitCode?: number; engine?: string }[];
  /** Exit codes of its health check when it is run by hand, the last for ever. Default: 0. */
  checks?: number[];
  /** Why the engine does not start it. */
  refusal?: string;
  log?: string;
}

interface Known {
  inspected: Container;
  looks: number;
  started: boolean;
}

/** A host with a Docker engine in memory, and one kept version. */
export class FakeEngine implements EngineHost {
  readonly name = "root@host";
  /** Commands that change something, without the inspections and readings. */
  readonly changes: string[][] = [];
  /** The kept version's text. */
  kept: string | undefined;
  /** What is said to whether an image reads the service's data. Default: none were ever brought into another version. */
  fits: ((image: string) => Answer) | undefined;
  /** Names the engine's process; a look may find another one. */
  engine = "engine 1";
  /** By which names a registry gives images, and their ids. */
  readonly registry = new Map<string, string>();
  readonly behaviours = new Map<string, Behaviour>();
  private readonly containers = new Map<string, Known>();
  private readonly checks = new Map<string, number>();
  private created = 0;
  private readonly server = http.createServer((request, response) => {
    let body = "";
    request.on("data", (chunk: Buffer) => (body += chunk.toString("utf8")));
    request.on("end", () => {
      const { status, answer } = this.create(request.url ?? "", JSON.parse(body) as Description);
      response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(answer));
    });
  });

  async start(): Promise<void> {
    await new Promise<void>((resolve) => this.server.listen(0, "127.0.0.1", resolve));
  }

  stop(): void {
    this.server.close();
  }

  /** Puts a running container there. */
  put(name: string, id: string, image: string, labels: Record<string, string> = {}): void {
    this.containers.set(id, { inspected: container(id, name, image, labels), looks: 0, started: true });
  }

  /** Name and image of every container, and whether it runs. */
  list(): string[] {
    return [...this.containers.values()].map(
      ({ inspected, started }) => `${inspected.Name.slice(1)} ${inspected.Image} ${started ? "runs" : "stopped"}`,
    );
  }

  /** What a container of that name is made of. */
  described(name: string): Container | undefined {
    return [...this.containers.values()].find(({ inspected }) => inspected.Name === `/${name}`)?.inspected;
  }

  run(argv: readonly string[], { stdin = "" }: { stdin?: string | undefined } = {}): Promise<Answer> {
    return Promise.resolve(this.answer([...argv], stdin));
  }

  async output(argv: readonly string[], options: { stdin?: string | undefined } = {}): Promise<string> {
    const { code, stdout, stderr } = await this.run(argv, options);
    if (code !== 0) throw new Error(stderr);
    return stdout;
  }

  exchange<T>(argv: readonly string[], use: (stream: Duplex) => Promise<T>): Promise<T> {
    if (argv.join(" ") !== "docker system dial-stdio") throw new Error(`no stream from ${argv.join(" ")}`);
    return use(net.connect((this.server.address() as net.AddressInfo).port, "127.0.0.1"));
  }

  private answer(argv: string[], stdin: string): Answer {
    const [program = "", verb = ""] = argv;
    if (argv.at(-1)?.endsWith(".fits") === true && program === "sh")
      return this.fits === undefined ? { code: 44, stdout: "", stderr: "" } : answered("fits\nn8n\n");
    if (program === "fits") return this.fits?.(argv[2] ?? "") ?? { code: 1, stdout: "", stderr: "nobody to ask" };
    if (program === "timeout") return this.check(argv[4] ?? "");
    if (program === "docker" && verb === "image") return this.image(argv);
    if (program === "docker" && verb === "pull") return this.pull(argv);
    if (program === "docker" && verb === "container") return this.inspect(argv.at(-1) ?? "");
    if (program === "docker") return this.change(argv);
    if (program === "rm") return this.forget(argv);
    if (argv[2]?.startsWith("docker logs")) return answered(this.behaviour(argv.at(-1) ?? "").log ?? "");
    if (argv[2]?.includes("boot_id")) return answered(this.engine);
    if (stdin !== "") return this.keep(argv, stdin);
    return this.kept === undefined ? { code: 44, stdout: "", stderr: "" } : answered(this.kept);
  }

  private inspect(name: string): Answer {
    const known = this.find(name);
    if (known === undefined) return { code: 1, stdout: "[]", stderr: `Error: No such container: ${name}` };
    if (!known.started)
      return answered(JSON.stringify([{ ...known.inspected, State: { ...known.inspected.State, Status: "exited" } }]));
    const { looks } = this.behaviour(name);
    known.looks += 1;
    const look = looks[Math.min(known.looks, looks.length) - 1];
    const { status = "running", health, restarts = 0, exitCode = 0, engine = this.engine } = look ?? {};
    this.engine = engine;
    const Health = { Status: health, FailingStreak: health === "unhealthy" ? 3 : 0 };
    const State = { Status: status, StartedAt: `start ${restarts}`, Pid: 0, ExitCode: exitCode };
    return answered(
      JSON.stringify([
        { ...known.inspected, RestartCount: restarts, State: health === undefined ? State : { ...State, Health } },
      ]),
    );
  }

  /** The names of all images, or the id of one. */
  private image(argv: string[]): Answer {
    if (argv[2] === "ls") return answered([...this.registry].map(([name, id]) => `${id} ${name}`).join("\n"));
    const asked = argv.at(-1) ?? "";
    const id = this.registry.get(asked) ?? asked;
    return this.behaviours.has(id) ? answered(id) : { code: 1, stdout: "", stderr: `No such image: ${asked}` };
  }

  private pull(argv: string[]): Answer {
    const name = argv.at(-1) ?? "";
    this.changes.push(["pull", name]);
    const id = this.registry.get(name);
    if (id === undefined) return { code: 1, stdout: "", stderr: "manifest unknown" };
    this.behaviours.set(id, { looks: [{ status: "running", health: "healthy" }] });
    return answered(id);
  }

  private check(id: string): Answer {
    const { checks = [0] } = this.behaviour(id);
    const count = (this.checks.get(id) ?? 0) + 1;
    this.checks.set(id, count);
    return { code: checks[Math.min(count, checks.length) - 1] ?? 0, stdout: "", stderr: "" };
  }

  private change(argv: string[]): Answer {
    this.changes.push(argv);
    const [, verb] = argv;
    const id = argv[verb === "rename" ? 2 : argv.length - 1] ?? "";
    const known = this.find(id);
    if (known === undefined) return { code: 1, stdout: "", stderr: `Error: No such container: ${id}` };
    if (verb === "rename") known.inspected.Name = `/${argv[3] ?? ""}`;
    if (verb === "rm") this.containers.delete(known.inspected.Id);
    if (verb === "stop") known.started = false;
    if (verb !== "start") return answered("");
    const { refusal } = this.behaviour(id);
    known.started = refusal === undefined;
    return refusal === undefined ? answered(id) : { code: 1, stdout: "", stderr: refusal };
  }

  private create(url: string, description: Description): { status: number; answer: object } {
    const name = new URL(url, "http://docker").searchParams.get("name") ?? "";
    const { HostConfig, NetworkingConfig, Image, Labels, ...config } = description;
    if (!this.behaviours.has(Image)) return { status: 404, answer: { message: `No such image: ${Image}` } };
    const id = `made${(this.created += 1)}`;
    const inspected = {
      ...container(id, name, Image, Labels),
      Config: { ...config, Labels },
      HostConfig,
      NetworkSettings: {
        Networks: Object.fromEntries(
          Object.entries(NetworkingConfig.EndpointsConfig).map(([network, { Aliases }]) => [
            network,
            { IPAddress: "", Aliases },
          ]),
        ),
      },
    };
    this.containers.set(id, { inspected, looks: 0, started: false });
    this.changes.push(["create", name, id]);
    return { status: 201, answer: { Id: id } };
  }

  private keep(argv: string[], stdin: string): Answer {
    this.changes.push(["keep", ...argv.slice(4)]);
    this.kept = stdin;
    return answered("");
  }

  private forget(argv: string[]): Answer {
    this.changes.push(argv);
    this.kept = undefined;
    return answered("");
  }

  private find(name: string): Known | undefined {
    return [...this.containers.values()].find(
      ({ inspected }) => inspected.Id === name || inspected.Name === `/${name}`,
    );
  }

  private behaviour(name: string): Behaviour {
    return this.behaviours.get(this.find(name)?.inspected.Image ?? "") ?? { looks: [] };
  }
}

let host: FakeEngine;

/** An engine that every connection leads to. */
export async function onlyHost(): Promise<FakeEngine> {
  host = new FakeEngine();
  await host.start();
  return host;
}

jest.mock("../../../providers/ssh/transport", () => ({ transportTo: () => host }));

interface Description {
  Image: string;
  Labels: Record<string, string>;
  HostConfig: Container["HostConfig"];
  NetworkingConfig: { EndpointsConfig: Record<string, { Aliases: string[] | null }> };
}

const answered = (stdout: string): Answer => ({ code: 0, stdout, stderr: "" });

/** A container as the provider makes it: attached to its networks after its creation. */
const container = (Id: string, name: string, Image: string, Labels: Record<string, string>): Container => ({
  Id,
  Name: `/${name}`,
  Image,
  Created: "2026-01-01T00:00:00Z",
  RestartCount: 0,
  State: { Status: "running", StartedAt: "start 0", Pid: 0, ExitCode: 0 },
  Config: {
    Labels,
    Env: ["N8N_PORT=5678"],
    Healthcheck: { Test: ["CMD", "wget", "http://127.0.0.1:5678/"], Timeout: 5e9, Retries: 3 },
  },
  HostConfig: {
    NetworkMode: "bridge",
    Memory: 1073741824,
    Mounts: [
      { Type: "bind", Source: "/opt/vpai/configs/n8n", Target: "/etc/n8n" },
      { Type: "bind", Source: "/opt/vpai/data/n8n", Target: "/home/node/.n8n" },
    ],
  },
  NetworkSettings: {
    Networks: {
      backend: { IPAddress: "172.20.2.5", Aliases: ["n8n", Id] },
      egress: { IPAddress: "172.20.4.2", Aliases: ["n8n"] },
    },
  },
});
