import { createHash } from "node:crypto";
import { EVERY_CONTAINER, type ServiceFacts } from "../../../facts/form";
import type { SiteRequest } from "../../../../providers";
import { SESE_AI } from "../../../facts/sese-ai";
import {
  CANARIES,
  container,
  CONTAINER,
  coreOfProd,
  coreProgram,
  programOf,
  coreStacks,
  graphOf,
  type Registered,
  resource,
  wholeProd,
} from "./graph";

const STACKS = ["lab", "prod", "preprod"] as const;
let stacks: Record<(typeof STACKS)[number], Registered[]>;
/** Prod with every service there is. */
let whole: Registered[];

beforeAll(async () => {
  stacks = await coreStacks();
  whole = await wholeProd();
}, 60_000);

/** A graph and its stack's name, by what a test calls it; what is not core is looked at in prod alone. */
const CASES: [string, string, () => Registered[], string, ServiceFacts][] = Object.entries(SESE_AI).flatMap(
  ([service, facts]): typeof CASES => [
    ["prod, whole", "prod", () => whole, service, facts],
    ...(facts.group === "core"
      ? STACKS.map((stack): (typeof CASES)[number] => [`${stack}, core`, stack, () => stacks[stack], service, facts])
      : []),
  ],
);

/** A number of CPUs as the provider reads it back. */
const decimal = (cpus: number): string => (Number.isInteger(cpus) ? `${cpus}.0` : String(cpus));

interface Mount {
  type: string;
  source: string;
  target: string;
  readOnly?: boolean;
}

describe.each(CASES)("%s", (_name, stack, graph, service, facts) => {
  describe(service, () => {
    const found = (): Registered => container(graph(), `sese-ai/${service}`);

    test("runs the image of the platform, as pulled on the host", () => {
      const { reference } = resource(graph(), `sese-ai/${service}/image`).inputs;
      expect((reference as string).split("@")[0]).toBe(facts.image);
      expect(found().inputs["image"]).toBe(`sha256:sese-ai/${service}/image`);
    });

    test("is on its networks alone, under its own name", () => {
      const networks = found().inputs["networksAdvanced"] as { name: string; aliases: string[] }[];
      expect(networks.map(({ name }) => name)).toEqual(facts.networks);
      for (const { aliases } of networks) expect(aliases).toEqual([service]);
      expect(found().dependsOn).toEqual(
        expect.arrayContaining(facts.networks.map((name) => `sese-ai/network/${name}`)),
      );
      expect(found().inputs).toMatchObject({ name: `vpai_${service}`, hostname: service });
    });

    test("has its limits, its user, and no right that it does not need", () => {
      expect(found().inputs).toMatchObject({
        memory: facts.memoryMiB,
        memorySwap: facts.memoryMiB,
        cpus: decimal(facts.cpus),
        user: facts.user,
        capabilities: { drops: ["ALL"], adds: facts.capabilities.map((name) => `CAP_${name}`) },
        securityOpts: ["no-new-privileges"],
      });
      for (const never of ["privileged", "devices", "pidMode", "ipcMode", "publishAllPorts", "uploads"]) {
        expect(found().inputs).not.toHaveProperty(never);
      }
      expect(found().inputs["networkMode"]).toBe(facts.networks.length === 0 ? "none" : undefined);
    });

    test("restarts, and keeps 10 MB of logs three times", () => {
      expect(found().inputs).toMatchObject(EVERY_CONTAINER);
    });

    test("says whose it is", () => {
      expect(found().inputs["labels"]).toEqual([
        { label: "dev.vpai.host", value: "sese-ai" },
        { label: "dev.vpai.platform", value: "vpai" },
        { label: "dev.vpai.service", value: service },
        { label: "dev.vpai.stack", value: stack },
      ]);
    });

    test("is watched by its health check, whose change takes effect", () => {
      expect(found().inputs["healthcheck"]).toMatchObject({ tests: ["CMD", ...facts.health] });
      expect([...found().replaceOnChanges].sort()).toEqual(["healthcheck", "init", "tmpfs"]);
      const gate = resource(graph(), `sese-ai/${service}/health`);
      expect(gate.inputs).toMatchObject({ container: `vpai_${service}`, condition: "healthy", tries: 20 });
      expect(gate.inputs["containerId"]).toBe(`id-of-sese-ai/${service}`);
    });

    test("T13: is held to its networks, under its own name; a preview looks at nothing", () => {
      const { networks, ...others } = resource(graph(), `sese-ai/${service}/health`).inputs;
      const own = Object.fromEntries(facts.networks.map((network) => [network, [service]]));
      expect(networks).toEqual(facts.networks.length === 0 ? { none: [] } : own);
      expect(others).not.toHaveProperty("found");
    });

    test("is tried again where it fails, and makes way for the version before", () => {
      expect(resource(graph(), `sese-ai/${service}/health`).inputs).toMatchObject({
        image: facts.image,
        configs: `/opt/vpai/configs/${service}`,
        lastHealthy: `/opt/vpai/last-healthy/${service}`,
        settle: 15,
      });
      expect(found().onError).toEqual([`try sese-ai/${service} again`]);
    });

    test("starts after what it needs is healthy and its own database is there", () => {
      const there = new Set(graph().map(({ name }) => name));
      const first = facts.needs.map((needed) => `sese-ai/${needed}/health`).filter((gate) => there.has(gate));
      const database = facts.database === undefined ? [] : [`sese-ai/database/${facts.database}`];
      expect(found().dependsOn).toEqual(expect.arrayContaining([...first, ...database]));
    });

    test("keeps its data where the Ansible roles put it", () => {
      const folders = Object.entries(facts.data).map(([folder, target]) => [`/opt/vpai/data/${folder}`, target]);
      const mounts = (found().inputs["mounts"] as Mount[]).filter(({ readOnly }) => readOnly !== true);
      expect(mounts.map(({ source, target }) => [source, target])).toEqual(folders);
      for (const folder of Object.keys(facts.data)) {
        const directory = resource(graph(), `sese-ai/${service}/data/${folder}`);
        expect(directory.inputs).toMatchObject({ path: `/opt/vpai/data/${folder}`, owner: facts.user });
        expect(found().dependsOn).toContain(directory.name);
      }
    });

    test("reads the rest through read-only mounts, which it sees after they were written", () => {
      const readOnly = (found().inputs["mounts"] as Mount[]).filter((mount) => mount.readOnly === true);
      const own = [`/opt/vpai/configs/${service}`, `/opt/vpai/secrets/${service}`];
      const ofHost = readOnly.filter(({ source }) => !own.includes(source));
      expect(Object.fromEntries(ofHost.map(({ source, target }) => [source, target]))).toEqual(facts.hostMounts);
      // Those of its jobs are mounted elsewhere.
      const files = graph().filter(
        ({ type, name }) => type.endsWith(":RemoteFile") && name.startsWith(`sese-ai/${service}/`),
      );
      for (const { name, inputs } of files) {
        const from = readOnly.find(({ source }) => String(inputs["path"]).startsWith(`${source}/`));
        expect(own).toContain(from?.source);
        expect(found().dependsOn).toContain(name);
      }
    });
  });
});

describe("where configuration and secrets lie", () => {
  test.each([
    ["sese-ai/caddy/config/Caddyfile", "/opt/vpai/configs/caddy/Caddyfile", "0:0", "0644"],
    ["sese-ai/redis/config/redis.conf", "/opt/vpai/configs/redis/redis.conf", "0:0", "0644"],
    ["sese-ai/postgresql/config/postgresql.conf", "/opt/vpai/configs/postgresql/postgresql.conf", "0:0", "0644"],
    ["sese-ai/postgresql/config/pg_hba.conf", "/opt/vpai/configs/postgresql/pg_hba.conf", "0:0", "0644"],
    ["sese-ai/redis/secret/users.acl", "/opt/vpai/secrets/redis/users.acl", "999:999", "0400"],
    [
      "sese-ai/postgresql/secret/superuser_password",
      "/opt/vpai/secrets/postgresql/superuser_password",
      "999:999",
      "0400",
    ],
    ["sese-ai/n8n/secret/database_password", "/opt/vpai/secrets/n8n/database_password", "1000:1000", "0400"],
    ["sese-ai/n8n/secret/encryption_key", "/opt/vpai/secrets/n8n/encryption_key", "1000:1000", "0400"],
    ["sese-ai/caddy/secret/ovh_consumer_key", "/opt/vpai/secrets/caddy/ovh_consumer_key", "0:0", "0400"],
  ])("%s", (name, path, owner, mode) => {
    expect(resource(stacks.prod, name).inputs).toMatchObject({ path, owner, mode });
  });

  test("the Caddyfile is accepted by Caddy itself before it takes effect", () => {
    const { inputs, dependsOn } = resource(stacks.prod, "sese-ai/caddy/config/Caddyfile");
    expect(inputs["validate"]).toEqual([
      ...[
        "docker",
        "run",
        "--rm",
        "--network",
        "none",
        "--volume",
        "{}:/etc/caddy/Caddyfile:ro",
        expect.stringMatching(/^ghcr\.io\/mobutoo\/vpai-caddy:2\.10\.2(@|$)/) as string,
      ],
      ...["caddy", "validate", "--config", "/etc/caddy/Caddyfile", "--adapter", "caddyfile"],
    ]);
    expect(dependsOn).toContain("sese-ai/caddy/image");
  });

  test("C1: n8n's encryption key is compared with the one that its data has, before it takes effect", () => {
    const { inputs, dependsOn } = resource(stacks.prod, "sese-ai/n8n/secret/encryption_key");
    expect((inputs["validate"] as string[]).slice(0, -1)).toEqual([
      ...["docker", "run", "--rm", "--network", "none", "--user", "1000:1000"],
      ...["--volume", "{}:/run/secrets/encryption_key:ro", "--volume", "/opt/vpai/data/n8n:/home/node/.n8n:ro"],
      ...["--entrypoint", "node", expect.stringMatching(/^docker\.io\/n8nio\/n8n:2\.7\.3(@|$)/) as string, "-e"],
    ]);
    expect(dependsOn).toEqual(expect.arrayContaining(["sese-ai/n8n/image", "sese-ai/n8n/data/n8n"]));
  });

  test("programs learn of their secrets by the names of files", () => {
    expect(container(stacks.prod, "sese-ai/n8n").inputs["envs"]).toEqual(
      expect.arrayContaining([
        "DB_POSTGRESDB_PASSWORD_FILE=/run/secrets/database_password",
        "N8N_ENCRYPTION_KEY_FILE=/run/secrets/encryption_key",
        "N8N_HOST=mayi.ewutelo.cloud",
        "DB_POSTGRESDB_HOST=postgresql",
        "DB_POSTGRESDB_DATABASE=n8n",
        "DB_POSTGRESDB_USER=n8n",
        "DB_TYPE=postgresdb",
      ]),
    );
    expect(container(stacks.prod, "sese-ai/postgresql").inputs["envs"]).toContain(
      "POSTGRES_PASSWORD_FILE=/run/secrets/superuser_password",
    );
  });
});

interface Port {
  ip: string;
  internal: number;
  external: number;
  protocol: string;
}

const portsOf = (graph: readonly Registered[]): string[] =>
  graph
    .filter(({ type, name }) => type === CONTAINER && name !== "lab/registry/server")
    .flatMap(({ name, inputs }) =>
      ((inputs["ports"] ?? []) as Port[]).map(
        ({ ip, external, internal, protocol }) => `${name} ${ip}:${external}/${protocol} -> ${internal}`,
      ),
    );

describe("what the world reaches", () => {
  test("prod, with every service: Caddy alone; the VPN's sites have a listener of their own on the VPN address", () => {
    expect(portsOf(whole)).toEqual([
      "sese-ai/caddy 137.74.114.167:80/tcp -> 80",
      "sese-ai/caddy 137.74.114.167:443/tcp -> 443",
      "sese-ai/caddy 137.74.114.167:443/udp -> 443",
      "sese-ai/caddy 100.64.0.14:80/tcp -> 8080",
      "sese-ai/caddy 100.64.0.14:443/tcp -> 8443",
      "sese-ai/caddy 100.64.0.14:443/udp -> 8443",
    ]);
  });

  test("lab: Caddy alone, on the host's public side", () => {
    const { host } = resource(stacks.lab, "sese-ai/docker").inputs["connection"] as { host: string };
    expect(portsOf(stacks.lab)).toEqual([
      `sese-ai/caddy ${host}:80/tcp -> 80`,
      `sese-ai/caddy ${host}:443/tcp -> 443`,
      `sese-ai/caddy ${host}:443/udp -> 443`,
    ]);
  });

  test("preprod: Caddy alone, on the new server's address", () => {
    expect(portsOf(stacks.preprod)).toEqual([
      "sese-ai/caddy 203.0.113.10:80/tcp -> 80",
      "sese-ai/caddy 203.0.113.10:443/tcp -> 443",
      "sese-ai/caddy 203.0.113.10:443/udp -> 443",
    ]);
  });

  /** Heads of the site blocks: addresses at the start of a line. */
  const sitesIn = (graph: readonly Registered[]): string[] =>
    [
      ...String(resource(graph, "sese-ai/caddy/config/Caddyfile").inputs["content"]).matchAll(
        /^([^\s({#}][^{\n]*) \{$/gm,
      ),
    ].map(([, head]) => head ?? "");

  test("prod: n8n answers on the VPN listener alone, the domain itself to everybody", () => {
    expect(sitesIn(stacks.prod)).toEqual([
      "http://, http://:8080",
      "http://:2020",
      "https://:443, https://:8443",
      // Nobody gets through its handshake.
      "mayi.ewutelo.cloud",
      "ewutelo.cloud",
      "https://mayi.ewutelo.cloud:8443",
    ]);
  });

  test("lab and preprod, which have no VPN: n8n answers publicly too", () => {
    expect(sitesIn(stacks.lab)).toEqual([
      "http://, http://:8080",
      "http://:2020",
      "https://:443, https://:8443",
      "vpai.test",
      "mayi.vpai.test, https://mayi.vpai.test:8443",
    ]);
    expect(sitesIn(stacks.preprod)).toEqual([
      "http://, http://:8080",
      "http://:2020",
      "https://:443, https://:8443",
      "preprod.ewutelo.cloud",
      "mayi.preprod.ewutelo.cloud, https://mayi.preprod.ewutelo.cloud:8443",
    ]);
  });

  test("certificates: Caddy's own authority in the lab, OVH's DNS elsewhere", () => {
    const content = (graph: readonly Registered[]): string =>
      String(resource(graph, "sese-ai/caddy/config/Caddyfile").inputs["content"]);
    expect(content(stacks.lab)).toContain("tls internal");
    expect(content(stacks.lab)).not.toContain("ovh");
    expect(content(stacks.prod)).toContain("application_key {file./run/secrets/ovh_application_key}");
    expect(content(stacks.prod)).not.toContain("tls internal");
  });
});

describe("start order (docs/requirements.md#start-order)", () => {
  /** Everything that a resource waits for, however far away. */
  function waitsFor(graph: readonly Registered[], name: string): Set<string> {
    const seen = new Set<string>();
    const visit = (current: string): void => {
      for (const { dependsOn } of graph.filter((one) => one.name === current)) {
        for (const next of dependsOn.filter((candidate) => !seen.has(candidate))) {
          seen.add(next);
          visit(next);
        }
      }
    };
    visit(name);
    return seen;
  }

  test.each(STACKS)("%s: n8n starts after PostgreSQL is healthy and its own database is there", (stack) => {
    const { dependsOn } = container(stacks[stack], "sese-ai/n8n");
    expect(dependsOn).toEqual(expect.arrayContaining(["sese-ai/postgresql/health", "sese-ai/database/n8n"]));
    const database = resource(stacks[stack], "sese-ai/database/n8n");
    expect(database.dependsOn).toContain("sese-ai/postgresql/health");
    expect(database.inputs).toMatchObject({
      database: "n8n",
      role: "n8n",
      server: { container: "vpai_postgresql", superuser: "postgres" },
    });
    expect(database.secrets.sort()).toEqual(["password", "server.password"]);
  });

  test.each(STACKS)("%s: Caddy waits for n8n and for its owner", (stack) => {
    expect(container(stacks[stack], "sese-ai/caddy").dependsOn).toEqual(
      expect.arrayContaining(["sese-ai/n8n/health", "sese-ai/owner/n8n"]),
    );
  });

  test.each(STACKS)("%s: the others wait for no other service", (stack) => {
    for (const service of ["postgresql", "redis"]) {
      const gates = [...waitsFor(stacks[stack], `sese-ai/${service}`)].filter(
        (name) => name.endsWith("/health") && name !== `sese-ai/${service}/health`,
      );
      expect([service, gates]).toEqual([service, []]);
    }
  });

  const CADDY = ["caddy", "reload", "--force", "--config", "/etc/caddy/Caddyfile", "--adapter", "caddyfile"];

  test.each(STACKS)(
    "%s: a gate opens after its container and its files, which a change makes the program read",
    (stack) => {
      const { restart, reload } = resource(stacks[stack], "sese-ai/redis/health").inputs;
      expect(resource(stacks[stack], "sese-ai/redis/health").dependsOn).toEqual(
        expect.arrayContaining(["sese-ai/redis", "sese-ai/redis/config/redis.conf", "sese-ai/redis/secret/users.acl"]),
      );
      const folders = ["/opt/vpai/configs/redis", "/opt/vpai/secrets/redis"];
      const revision: unknown = expect.any(String);
      expect(restart).toEqual({ folders, revision, timeout: 10 });
      // Its passwords it reads while it runs.
      expect(reload).toEqual({
        ...{ command: ["sh", "-c", expect.stringContaining("ACL LOAD")], folders: [folders[1]], revision },
        stdin: expect.stringMatching(/^AUTH default /) as unknown,
      });
      expect(resource(stacks[stack], "sese-ai/caddy/health").inputs["reload"]).toMatchObject({ command: CADDY });
    },
  );

  test.each(STACKS)("T21: %s: a gate knows what each file has to hold, and keeps that secret where one is", (stack) => {
    const gate = resource(stacks[stack], "sese-ai/redis/health");
    expect(String(gate.inputs["given"]).replaceAll(/^[0-9a-f]{64}/gm, "SHA-256")).toBe(
      "SHA-256  /opt/vpai/configs/redis/redis.conf\nSHA-256  /opt/vpai/secrets/redis/users.acl\n",
    );
    const content = String(resource(stacks[stack], "sese-ai/redis/config/redis.conf").inputs["content"]);
    expect(gate.inputs["given"]).toContain(`${createHash("sha256").update(content).digest("hex")}  /opt`);
    expect(gate.secrets).toEqual(["given", "reload.stdin"]);
  });

  test("lab: an image is pulled after it was pushed, a push happens after the registry is there", () => {
    const pushes = { caddy: "caddy", n8n: "n8n", postgresql: "postgres", redis: "redis" };
    for (const [service, image] of Object.entries(pushes)) {
      expect(resource(stacks.lab, `sese-ai/${service}/image`).dependsOn).toContain(`lab/push/${image}`);
      expect(resource(stacks.lab, `lab/push/${image}`).dependsOn).toContain("lab/registry/server");
    }
  });
});

describe("secrets", () => {
  const CORE_SECRETS = [
    "n8nAdminPassword",
    "n8nDatabasePassword",
    "n8nEncryptionKey",
    "ovhApplicationKey",
    "ovhApplicationSecret",
    "ovhConsumerKey",
    "postgresqlPassword",
    "redisPassword",
  ];
  const values = CORE_SECRETS.map((name) => [name, `canary-of-${name}'"$x`] as const);
  const inJson = (value: string): string => JSON.stringify(value).slice(1, -1);
  const holders = (graph: readonly Registered[], value: string): string[] =>
    graph
      .filter(({ inputs }) => JSON.stringify(inputs).includes(inJson(value)))
      .map(({ name }) => name)
      .sort();

  test("arrive byte for byte where they are needed, and nowhere else", () => {
    const expected: Record<string, string[]> = {
      n8nAdminPassword: ["sese-ai/owner/n8n"],
      n8nDatabasePassword: ["sese-ai/database/n8n", "sese-ai/n8n/secret/database_password"],
      n8nEncryptionKey: ["sese-ai/n8n/secret/encryption_key"],
      ovhApplicationKey: ["sese-ai/caddy/secret/ovh_application_key"],
      ovhApplicationSecret: ["sese-ai/caddy/secret/ovh_application_secret"],
      ovhConsumerKey: ["sese-ai/caddy/secret/ovh_consumer_key"],
      postgresqlPassword: [
        "sese-ai/database/n8n",
        "sese-ai/owner/n8n",
        "sese-ai/postgresql/secret/superuser_password",
        "sese-ai/workflow/ping",
      ],
      // Redis gets its hash.
      redisPassword: ["sese-ai/job/backup-sese-ai/secret/redis.secret"],
    };
    expect(Object.fromEntries(values.map(([name, value]) => [name, holders(stacks.prod, value)]))).toEqual(expected);
    expect(resource(stacks.prod, "sese-ai/n8n/secret/encryption_key").inputs["content"]).toBe(
      `canary-of-n8nEncryptionKey'"$x`,
    );
  });

  test("Redis' file holds the SHA-256 of its password", () => {
    // printf '%s' "canary-of-redisPassword'\"\$x" | sha256sum
    const acl = resource(stacks.prod, "sese-ai/redis/secret/users.acl");
    expect(acl.inputs["content"]).toContain(
      `user default on #4446d83789130f7542d01a52c8fc50684174c89bdd3454467b2a2b3de8531be8 ~* &* +@all\n`,
    );
    expect(acl.secrets).toEqual(["content"]);
  });

  test("are marked secret wherever they are an input", () => {
    for (const value of Object.values(CANARIES)) {
      const open = whole.filter((one) => JSON.stringify(one.shown).includes(inJson(value)));
      expect(open.map(({ name }) => name)).toEqual([]);
    }
  });

  test.each([
    ["lab", "lab"],
    ["preprod", "preprod"],
  ] as const)("%s: generated ones are marked secret too", (_name, stack) => {
    const made = [
      "monitoringWriteKey",
      "n8nAdminPassword",
      "n8nDatabasePassword",
      "n8nEncryptionKey",
      "postgresqlPassword",
      "redisPassword",
    ];
    expect(
      stacks[stack]
        .filter(({ type }) => type.endsWith(":RandomPassword"))
        .map(({ name }) => name)
        .sort(),
    ).toEqual(made);
    for (const name of made) {
      expect(
        stacks[stack].filter((one) => JSON.stringify(one.shown).includes(`random-${name}`)).map((one) => one.name),
      ).toEqual([]);
    }
    expect(holders(stacks[stack], "random-n8nEncryptionKey")).toEqual([
      "n8nEncryptionKey/copy",
      "sese-ai/n8n/secret/encryption_key",
    ]);
  });

  test("nothing that `docker inspect` or `ps` shows of a container is a secret", () => {
    for (const graph of [whole, ...Object.values(stacks)]) {
      const shown = graph.filter(({ type, name }) => type === CONTAINER && !name.endsWith("/machine/container"));
      expect(shown.flatMap(({ secrets }) => secrets)).toEqual([]);
    }
  });
});

describe("the checks at the end of an up", () => {
  /** The requests to a site; the SDK takes lists of another realm than jest's for objects. */
  const tried = (graph: readonly Registered[], asked: string): object[] =>
    Object.values(resource(graph, "sese-ai/smoke").inputs["requests"] as Record<string, SiteRequest>).filter(
      ({ hostname, path }) => hostname + path === asked,
    );

  test("a VPN-only site must answer on the VPN, and must not elsewhere", () => {
    const site = { hostname: "mayi.ewutelo.cloud", port: 443, path: "/", route: "the route /* to n8n" };
    expect(tried(stacks.prod, "mayi.ewutelo.cloud/")).toEqual([
      { ...site, address: "100.64.0.14", status: 200 },
      { ...site, address: "137.74.114.167", closed: true },
    ]);
  });

  test("n8n's webhooks must answer everybody", () => {
    expect(tried(stacks.prod, "ewutelo.cloud/webhook/ping")).toEqual([
      expect.objectContaining({ address: "137.74.114.167", status: 200 }),
    ]);
  });

  test("where the VPN is not enforced, nothing has to be closed", () => {
    expect(tried(stacks.lab, "mayi.vpai.test/")).toEqual([expect.not.objectContaining({ closed: true })]);
  });
});

describe("what a stack's settings change", () => {
  test("a service's limits and image are that service's alone, and checked", async () => {
    const overrides = { redis: { memoryMiB: 200, cpus: 2, image: "docker.io/library/redis:8.0.3" } };
    const config = { ...coreOfProd, "vpai:overrides": JSON.stringify(overrides) };
    const changed = await graphOf("prod", config, coreProgram);
    const differing = changed.filter((one, index) => JSON.stringify(one) !== JSON.stringify(stacks.prod[index]));
    expect(differing.map(({ name, type }) => [name, type])).toEqual([
      ["sese-ai/redis/image", "pulumi-nodejs:dynamic/vpai/docker:HostImage"],
      ["sese-ai/redis/release", "pulumi-nodejs:dynamic/vpai/host:ReleaseSnapshot"],
      ["sese-ai/readiness", "pulumi-nodejs:dynamic/vpai/host:Readiness"],
      ["sese-ai/redis", CONTAINER],
      // Its gate names the image when it does not open.
      ["sese-ai/redis/health", "pulumi-nodejs:dynamic/vpai/docker:HealthGate"],
      ["sese-ai/smoke", "pulumi-nodejs:dynamic/vpai/host:SmokeChecks"],
    ]);
    expect(container(changed, "sese-ai/redis").inputs).toMatchObject({ memory: 200, memorySwap: 200, cpus: "2.0" });
  });

  test("E4: behind 1:1 NAT, public ports listen on the host's own address, and it is asked there", async () => {
    const hosts = JSON.parse(coreOfProd["vpai:hosts"] ?? "") as Record<string, { machine: object }>;
    Object.assign(hosts["sese-ai"]?.machine ?? {}, { bindAddress: "10.0.0.4" });
    const changed = await graphOf("prod", { ...coreOfProd, "vpai:hosts": JSON.stringify(hosts) }, coreProgram);
    expect(portsOf(changed)).toEqual(portsOf(stacks.prod).map((port) => port.replace("137.74.114.167", "10.0.0.4")));
    const requests = resource(changed, "sese-ai/smoke").inputs["requests"] as Record<string, SiteRequest>;
    expect(new Set(Object.values(requests).map(({ address }) => address))).toEqual(
      new Set(["10.0.0.4", "100.64.0.14"]),
    );
  });

  test("what keeps data is copied before another image takes it on, once what it needs is there", async () => {
    const releases = whole.filter(({ name }) => /^sese-ai\/[^/]+\/release$/.test(name));
    const names = releases.map(({ name }) => name.split("/")[1]);
    expect(names).toEqual(
      expect.arrayContaining([
        ...["alloy", "grafana", "kaneo-api", "litellm", "n8n", "nocodb", "openclaw", "palais", "postgresql", "qdrant"],
        ...["redis", "sure", "sure-worker"],
      ]),
    );
    for (const stateless of ["caddy", "cadvisor", "kaneo", "vmalert"]) expect(names).not.toContain(stateless);
    const n8n = resource(whole, "sese-ai/n8n/release");
    expect(n8n.inputs).toMatchObject({
      container: "vpai_n8n",
      service: "n8n",
      image: "sha256:sese-ai/n8n/image",
      reference: "docker.io/n8nio/n8n:2.7.3",
      unit: "backup-sese-ai.service",
      kept: 5,
      configs: "/opt/vpai/configs/n8n",
      lastHealthy: "/opt/vpai/last-healthy/n8n",
    });
    expect(n8n.dependsOn).toEqual(expect.arrayContaining(["sese-ai/database/n8n", "sese-ai/postgresql/health"]));
    expect(container(whole, "sese-ai/n8n").dependsOn).toContain("sese-ai/n8n/release");
    const three = await graphOf("prod", { ...coreOfProd, "vpai:keptReleases": "3" }, coreProgram);
    expect(resource(three, "sese-ai/redis/release").inputs["kept"]).toBe(3);
  });

  test("a server's data are brought into its image's major version between the copy and the container", async () => {
    const migration = resource(stacks.prod, "sese-ai/postgresql/data-version");
    expect(migration.inputs).toMatchObject({
      container: "vpai_postgresql",
      service: "postgresql",
      program: "PostgreSQL",
      major: 18,
      image: "sha256:sese-ai/postgresql/image",
      reference: "docker.io/library/postgres:18.1",
      command: ["/bin/bash", "/opt/vpai/configs/backup-sese-ai/backup.sh", "/opt/vpai", "vpai_", "-"],
    });
    expect(migration.dependsOn).toContain("sese-ai/postgresql/release");
    expect(container(stacks.prod, "sese-ai/postgresql").dependsOn).toContain("sese-ai/postgresql/data-version");
    const others = whole.filter(({ type }) => type === "pulumi-nodejs:dynamic/vpai/host:DataMigration");
    expect(others.map(({ name }) => name)).toEqual(["sese-ai/postgresql/data-version"]);
    const image = { postgresql: { image: "docker.io/library/postgres:17.6" } };
    const older = await graphOf("prod", { ...coreOfProd, "vpai:overrides": JSON.stringify(image) }, coreProgram);
    expect(resource(older, "sese-ai/postgresql/data-version").inputs["major"]).toBe(17);
    expect(container(older, "sese-ai/postgresql").inputs["envs"]).toContain("PGDATA=/var/lib/postgresql/17/docker");
    expect(container(stacks.prod, "sese-ai/postgresql").inputs["envs"]).not.toContainEqual(
      expect.stringContaining("PGDATA"),
    );
  });

  test("E5: the kernel lets programs listen on a VPN address that comes after the engine", () => {
    const file = resource(stacks.prod, "sese-ai/late-address");
    expect(file.inputs).toMatchObject({
      path: "/etc/sysctl.d/60-vpai-late-address.conf",
      content: "net.ipv4.ip_nonlocal_bind = 1\n",
      validate: ["sysctl", "--quiet", "--load={}"],
    });
  });

  test("vpnEnforce: false lets VPN-only sites answer publicly, by the Caddyfile alone", async () => {
    const changed = await graphOf("prod", { ...coreOfProd, "vpai:vpnEnforce": "false" }, coreProgram);
    expect(portsOf(changed)).toEqual(portsOf(stacks.prod));
    expect(resource(changed, "sese-ai/caddy/config/Caddyfile").inputs["content"]).toContain(
      "\nmayi.ewutelo.cloud, https://mayi.ewutelo.cloud:8443 {",
    );
  });

  describe("CouchDB's site, which is on the VPN hub (docs/requirements.md#obsidian-sync)", () => {
    const inVpn = (vpnEnforce: string): Promise<Registered[]> => {
      const hosts = JSON.parse(coreOfProd["vpai:hosts"] ?? "") as Record<string, object>;
      hosts["seko-vpn"] = { ...hosts["seko-vpn"], vpnAddress: "100.64.0.9" };
      const changed = {
        "vpai:hosts": JSON.stringify(hosts),
        "vpai:couchdbVpnEnforce": vpnEnforce,
        "vpai:services": JSON.stringify(["core", "vpn"]),
      };
      return graphOf("prod", { ...coreOfProd, ...changed }, () => programOf(["caddy", "couchdb"]));
    };
    const caddyfileOf = (graph: readonly Registered[]): string =>
      String(resource(graph, "sese-ai/caddy/config/Caddyfile").inputs["content"]);

    test("is there once the hub is a node of the VPN", async () => {
      expect(caddyfileOf(stacks.prod)).not.toContain("couch");
      expect(caddyfileOf(await inVpn("false"))).toMatch(
        /\ncouch\.ewutelo\.cloud \{\n[^]*?\n\treverse_proxy 100\.64\.0\.9:5984 \{\n\t\tstream_close_delay 5m\n\t\}\n\}/,
      );
    });

    test("is VPN-only with couchdbVpnEnforce", async () => {
      const text = caddyfileOf(await inVpn("true"));
      expect(text).toContain("\nhttps://couch.ewutelo.cloud:8443 {");
      expect(text.match(/^couch.*$/gm)).toEqual(["couch.ewutelo.cloud {"]);
      expect(text).toMatch(
        /\ncouch\.ewutelo\.cloud \{\n[^]*?\n\t\tciphers TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256\n\t\}\n[^]*?\trespond 404\n\}/,
      );
    });
  });
});
