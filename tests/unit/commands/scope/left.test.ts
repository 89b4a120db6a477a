import { leftOf } from "../../../../commands/scope/left";
import { plannedIn, type Resource } from "../../../../commands/scope/resources";

const HOSTS = ["front", "data", "pi"];

const STACK = "urn:pulumi:lab::vpai::pulumi:pulumi:Stack::vpai-lab";
const GATE = "pulumi-nodejs:dynamic/vpai/docker:HealthGate";
const FILE = "pulumi-nodejs:dynamic/vpai/host:RemoteFile";

const urn = (type: string, name: string): string => `urn:pulumi:lab::vpai::${type}::${name}`;

interface Options {
  type?: string;
  op?: string;
  dependsOn?: string[];
  /** The host that is logged in to. */
  login?: string;
  engine?: string;
  parent?: string;
}

/** One step of a preview, as `pulumi preview --json` prints it. */
function step(name: string, options: Options = {}) {
  const { type = FILE, op = "same", dependsOn = [], login, engine, parent = STACK } = options;
  const docker = login === undefined ? [] : [urn("pulumi-nodejs:dynamic/vpai/host:DockerHost", `${login}/docker`)];
  const state = {
    ...{ urn: urn(type, name), type, custom: true, parent },
    dependencies: [...dependsOn, ...docker],
    propertyDependencies: { connection: docker },
    ...(engine === undefined ? {} : { provider: `${urn("pulumi:providers:docker", `${engine}/engine`)}::some-id` }),
  };
  return { op, urn: state.urn, ...(op === "create" ? {} : { oldState: state }), newState: state };
}

const DATABASE = urn("vpai:test:Database", "data/database/n8n");
const container = (name: string): string => urn("docker:index/container:Container", name);

/** Everything there is: n8n on one host has its database on another, and the gateway answers for a service of the third. */
const steps = (changes: Record<string, Options> = {}) => {
  const one = (name: string, options: Options): ReturnType<typeof step> => step(name, { ...options, ...changes[name] });
  return [
    ...HOSTS.map((host) => one(host, { type: "vpai:hosts:Host" })),
    ...HOSTS.map((host) => one(`${host}/docker`, { type: "pulumi-nodejs:dynamic/vpai/host:DockerHost" })),
    one("password", { type: "random:index/randomPassword:RandomPassword" }),
    one("password/copy", { login: "front" }),
    one("data/postgresql/health", { type: GATE, login: "data" }),
    one("data/postgresql/image", { login: "data" }),
    one("data/database/n8n", {
      type: "vpai:test:Database",
      login: "data",
      dependsOn: [urn(GATE, "data/postgresql/health"), urn("random:index/randomPassword:RandomPassword", "password")],
    }),
    one("front/n8n", {
      type: "docker:index/container:Container",
      engine: "front",
      dependsOn: [DATABASE, urn(FILE, "front/n8n/config")],
    }),
    one("front/n8n/config", { login: "front" }),
    one("front/n8n/health", { type: GATE, login: "front", dependsOn: [container("front/n8n")] }),
    one("front/caddy", {
      type: "docker:index/container:Container",
      engine: "front",
      dependsOn: [urn(GATE, "front/n8n/health")],
    }),
    one("pi/comfyui", { type: "docker:index/container:Container", engine: "pi" }),
    one("pi/comfyui/health", { type: GATE, login: "pi", dependsOn: [container("pi/comfyui")] }),
  ];
};

const planned = (changes: Record<string, Options> = {}): Resource[] => plannedIn({ steps: steps(changes) });

const left = (all: Resource[], scope: Partial<Parameters<typeof leftOf>[1]>) => {
  const found = leftOf(all, { hosts: HOSTS, away: [], choice: undefined, makes: true, ...scope });
  return { ...found, names: all.filter(({ urn: one }) => found.urns.has(one)).map(({ name }) => name) };
};

const run = (all: Resource[], scope: Partial<Parameters<typeof leftOf>[1]>): string[] => {
  const { urns } = left(all, scope);
  return all.filter(({ urn: one }) => !urns.has(one)).map(({ name }) => name);
};

describe("a host that is away", () => {
  test("is left with all that is on it, and nothing else, where everything was made before", () => {
    const found = left(planned(), { away: ["data"] });
    expect(found.names).toEqual([
      "data",
      "data/docker",
      "data/postgresql/health",
      "data/postgresql/image",
      "data/database/n8n",
    ]);
    expect(found).toMatchObject({ hosts: ["data"], waiting: [], all: false, away: ["data"] });
  });

  test("is known by its login, whatever a resource's name is", () => {
    expect(left(planned(), { away: ["front"] }).names).toContain("password/copy");
    expect(left(planned(), { away: ["front"] }).names).not.toContain("password");
  });

  test("keeps whatever needs something there that was never made, and what needs that in turn", () => {
    const changes = {
      "data/database/n8n": { op: "create" },
      "front/n8n": { op: "create" },
      "front/n8n/health": { op: "create" },
    };
    const found = left(planned({ ...changes, "front/caddy": { op: "create" } }), { away: ["data"] });
    expect(found.names).toEqual(expect.arrayContaining(["front/n8n", "front/n8n/health", "front/caddy"]));
    expect(found.names).not.toContain("front/n8n/config");
    expect(found.waiting).toEqual(["front/caddy", "front/n8n"]);
    expect(found.changes).toEqual(new Map([["data", 1]]));
  });

  test("does not keep what needs something of it that is there, though it would change", () => {
    const found = left(planned({ "data/database/n8n": { op: "update" } }), { away: ["data"] });
    expect(found.names).not.toContain("front/n8n");
    expect(found.changes).toEqual(new Map([["data", 1]]));
  });

  test("keeps what is no longer declared there, and counts it", () => {
    const gone = step("data/old/config", { op: "delete", login: "data" });
    const all = plannedIn({ steps: [...steps(), { ...gone, newState: null }] });
    const found = left(all, { away: ["data"] });
    expect(found.names).toContain("data/old/config");
    expect(found.changes).toEqual(new Map([["data", 1]]));
  });

  test("never keeps the engine's providers and the stack, which take part in every run", () => {
    const provider = step("data/engine", { type: "pulumi:providers:docker", login: "data" });
    const stack = step("vpai-lab", { type: "pulumi:pulumi:Stack" });
    const found = left(plannedIn({ steps: [...steps(), provider, stack] }), { away: ["data"] });
    expect(found.names).not.toContain("data/engine");
    expect(found.names).not.toContain("vpai-lab");
  });
});

describe("a run that is limited", () => {
  const onFront = { host: "front", service: undefined };
  const n8n = { host: "front", service: "n8n" };

  test("to a host takes part in all of it and what it needs, up to services that run", () => {
    expect(run(planned({ "data/postgresql/image": { op: "update" } }), { choice: onFront })).toEqual(
      [
        "front",
        "front/docker",
        "password",
        "password/copy",
        "data/database/n8n",
        "front/n8n",
        "front/n8n/config",
        "front/n8n/health",
        "front/caddy",
        "data/docker",
      ].sort((a, b) => planned().findIndex(({ name }) => name === a) - planned().findIndex(({ name }) => name === b)),
    );
  });

  test("to a service leaves the host's others", () => {
    const found = run(planned(), { choice: n8n });
    expect(found).toEqual(
      expect.arrayContaining(["front/n8n", "front/n8n/config", "front/n8n/health", "data/database/n8n"]),
    );
    expect(found).not.toContain("front/caddy");
    expect(found).not.toContain("pi/comfyui");
    expect(found).not.toContain("data/postgresql/health");
  });

  test("to a service starts one that it needs and that does not run yet", () => {
    const all = planned({ "data/postgresql/health": { op: "create" } });
    expect(run(all, { choice: n8n })).toContain("data/postgresql/health");
  });

  test("to what is away has nothing to do", () => {
    const found = left(planned(), { choice: { host: "pi", service: undefined }, away: ["pi"] });
    expect(found).toMatchObject({ all: true, away: ["pi"] });
  });

  test("to what is away has nothing to do, though it needs something of a host that is there", () => {
    const found = left(planned(), { choice: { host: "front", service: undefined }, away: ["front"] });
    expect(found).toMatchObject({ all: true, away: ["front"] });
  });

  test("says nothing of a host that is away and has no part in it", () => {
    expect(left(planned(), { choice: n8n, away: ["pi"] }).away).toEqual([]);
    expect(left(planned(), { choice: n8n, away: ["data"] }).away).toEqual(["data"]);
  });

  test("that only looks takes part in what was named alone", () => {
    expect(run(planned(), { choice: n8n, makes: false })).toEqual([
      "front/n8n",
      "front/n8n/config",
      "front/n8n/health",
    ]);
  });

  test("to a service takes part in what is made in it", () => {
    const parent = urn("vpai:docker:Service", "front/n8n");
    const all = plannedIn({
      steps: [
        ...steps(),
        step("front/n8n", { type: "vpai:docker:Service" }),
        step("front/workflow/ping", { parent, login: "front" }),
      ],
    });
    expect(run(all, { choice: n8n })).toContain("front/workflow/ping");
  });

  test("makes what the engine's providers need, since it makes these in every run", () => {
    const docker = "pulumi-nodejs:dynamic/vpai/host:DockerHost";
    const engine = step("pi/engine", {
      ...{ type: "pulumi:providers:docker", op: "create" },
      dependsOn: [urn(docker, "pi/docker")],
    });
    const all = plannedIn({ steps: [...steps({ "pi/docker": { op: "create" } }), engine] });
    expect(run(all, { choice: n8n })).toContain("pi/docker");
    expect(run(planned(), { choice: n8n })).not.toContain("pi/docker");
  });
});
