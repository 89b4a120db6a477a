import { deploy } from "../../../components/stack";
import { loadStackConfig } from "../../../config";
import { defineCapability } from "../../../model/capability";
import type { Platform } from "../../../model/platform";
import type { ContainerService } from "../../../model/service";
import { namesOf } from "../../../platforms";
import { RemoteFile } from "../../../providers";
import { serviceWith } from "../../service";
import tenants from "../../tenants/platform";
import { container, graphOf, type Registered, resource } from "./stack/graph";

const HOST = { memoryMiB: 8192, architecture: "amd64" };
const existing = (address: string) => ({ machine: { kind: "existing", address, user: "root" }, ...HOST });

/** The host with the clients comes first, so what serves them is started on demand. */
const HOSTS = { front: existing("192.0.2.1"), data: existing("192.0.2.2") };

/** The graph of a platform on two machines. */
function graphOfTwo(platform: Platform, hosts: object = HOSTS): Promise<Registered[]> {
  const config = {
    "vpai:platform": platform.name,
    "vpai:domain": "tenants.test",
    "vpai:tls": "internal",
    "vpai:vpnEnforce": "false",
    "vpai:hosts": JSON.stringify(hosts),
    "secrets:hcloudToken": "canary".padEnd(64, "-"),
  };
  return graphOf("prod", config, () => deploy(platform, loadStackConfig([namesOf(platform)]), {}));
}

const addressOf = ({ inputs }: Registered): string => (inputs["connection"] as { host: string }).host;

describe("three tenants on one host, their databases on another", () => {
  let graph: Registered[];
  beforeAll(async () => {
    graph = await graphOfTwo(tenants);
  });

  test.each(["acme", "bolt", "cube"])(
    "%s: its database is made on the serving host, after the server's gate",
    (name) => {
      const database = resource(graph, `data/database/${name}`);
      expect(database).toMatchObject({
        type: "pulumi-nodejs:dynamic/vpai/postgresql:Database",
        parent: "data/postgresql",
        protect: true,
        inputs: { database: name, role: name, server: { container: "tenants_postgresql", superuser: "postgres" } },
        secrets: expect.arrayContaining(["password", "server.password"]) as string[],
      });
      expect(database.dependsOn).toContain("data/postgresql/health");
      expect(addressOf(database)).toBe("192.0.2.2");
      expect(graph.filter((one) => one.name === `front/database/${name}`)).toEqual([]);
    },
  );

  test.each(["acme", "bolt", "cube"])("%s starts on its own host, after database and server", (name) => {
    const { dependsOn, inputs, provider } = container(graph, `front/${name}`);
    expect(dependsOn).toEqual(expect.arrayContaining([`data/database/${name}`, "data/postgresql/health"]));
    expect(provider).toBe("front/engine");
    expect(inputs["envs"]).toEqual(
      expect.arrayContaining(["DB_POSTGRESDB_HOST=192.0.2.2", `DB_POSTGRESDB_DATABASE=${name}`]),
    );
    const others = ["acme", "bolt", "cube"].filter((other) => other !== name);
    expect(dependsOn.filter((one) => others.some((other) => one.startsWith(`front/${other}`)))).toEqual([]);
  });

  test("the server runs once, on its own host, and lets in the clients' host alone", () => {
    const servers = graph.filter(({ name }) => name.endsWith("/postgresql/health"));
    expect(servers.map(({ name }) => name)).toEqual(["data/postgresql/health"]);
    expect(container(graph, "data/postgresql").provider).toBe("data/engine");
    const hba = String(resource(graph, "data/postgresql/config/pg_hba.conf").inputs["content"]);
    const clients = [...hba.matchAll(/^host +all +all +(\S+)/gm)].map(([, address]) => address);
    expect(clients).toEqual(["127.0.0.1/32", "::1/128", "172.30.1.0/24", "192.0.2.1/32"]);
  });

  test("each host checks itself, after its own services only", () => {
    const gates = (host: string): string[] =>
      resource(graph, `${host}/smoke`)
        .dependsOn.filter((name) => name.endsWith("/health"))
        .sort();
    expect(gates("data")).toEqual(["data/postgresql/health"]);
    expect(gates("front")).toEqual(["acme", "bolt", "caddy", "cube"].map((name) => `front/${name}/health`));
  });
});

describe("services that wait for each other across hosts", () => {
  const note = defineCapability<{ folder: string }, { text: string }>({
    name: "note",
    when: "after",
    make: ({ text }, { offer, host, connection, ready, scope }, at) =>
      new RemoteFile(
        `${host}/note/${text}`,
        { connection, path: `${offer.folder}/${text}`, content: at.protect ? "kept" : "lost", mode: "0600" },
        { parent: scope, dependsOn: [ready] },
      ),
  });

  const onFront = (over: Parameters<typeof serviceWith>[0]) =>
    serviceWith({ group: "tenants", ...over, run: { networks: ["acme"] } });
  const onData = (over: Parameters<typeof serviceWith>[0]) =>
    serviceWith({ group: "databases", ...over, run: { networks: ["databases"] } });

  const platformOf = (...services: ContainerService[]): Platform => ({ ...tenants, services });

  /** Names of gates in the order in which they were asked for. */
  const started = (graph: readonly Registered[]): string[] =>
    graph.filter(({ name }) => name.endsWith("/health")).map(({ name }) => name.replace("/health", ""));

  test("each starts once, after what it needs on whichever host, whatever the order of files", async () => {
    const graph = await graphOfTwo(
      platformOf(onFront({ name: "a", needs: ["b"] }), onData({ name: "b", needs: ["c"] }), onFront({ name: "c" })),
    );
    expect(started(graph)).toEqual(["front/c", "data/b", "front/a"]);
    expect(container(graph, "front/a").dependsOn).toContain("data/b/health");
    expect(container(graph, "data/b").dependsOn).toContain("front/c/health");
  });

  test("what is made after a service started is waited for by the checks of its own host alone", async () => {
    const graph = await graphOfTwo(
      platformOf(
        onFront({ name: "writer", uses: [note.request({ text: "one" })] }),
        onData({ name: "board", offers: [note.offer({ folder: "/srv" })] }),
      ),
    );
    const made = resource(graph, "data/note/one");
    expect(made).toMatchObject({ parent: "data/board", inputs: { path: "/srv/one", content: "kept" } });
    expect(made.dependsOn).toContain("data/board/health");
    expect(addressOf(made)).toBe("192.0.2.2");
    expect(container(graph, "front/writer").dependsOn).not.toContain("data/board/health");
    expect(resource(graph, "front/smoke").dependsOn).toContain("data/note/one");
    expect(resource(graph, "data/smoke").dependsOn).not.toContain("data/note/one");
  });

  test("a request says itself when it is made", async () => {
    const graph = await graphOfTwo(
      platformOf(
        onFront({ name: "writer", uses: [note.request({ text: "one" }, { when: "before" })] }),
        onData({ name: "board", offers: [note.offer({ folder: "/srv" })] }),
      ),
    );
    expect(container(graph, "front/writer").dependsOn).toEqual(
      expect.arrayContaining(["data/board/health", "data/note/one"]),
    );
  });

  test("what is made knows the asking service's surroundings, and what its requests before made", async () => {
    const index = defineCapability<object, object>({
      name: "index",
      when: "after",
      make: (_request, { host, connection, ready, scope }, at) => {
        const notes = at.earlier(note);
        const content = `${at.context.host}: ${notes.length}`;
        const args = { connection, path: "/srv/index", content, mode: "0600" };
        return new RemoteFile(`${host}/index`, args, { parent: scope, dependsOn: [ready, ...notes] });
      },
    });
    const [one, two, three] = ["one", "two", "three"].map((text) => note.request({ text }));
    const graph = await graphOfTwo(
      platformOf(
        onFront({ name: "writer", uses: [one!, two!, index.request({}), three!] }),
        onFront({ name: "other", uses: [note.request({ text: "four" })] }),
        onData({ name: "board", offers: [note.offer({ folder: "/srv" }), index.offer({})] }),
      ),
    );
    const made = resource(graph, "data/index");
    expect(made.inputs["content"]).toBe("front: 2");
    expect(made.dependsOn.filter((name) => name.includes("/note/"))).toEqual(["data/note/one", "data/note/two"]);
  });

  test("a gateway starts after what it has sites of, and what those sites wait for; others do not wait for that", async () => {
    const door = defineCapability<object, object>({
      name: "door",
      when: "after",
      opens: true,
      make: (_wanted, { host, connection, ready, scope }) =>
        new RemoteFile(
          `${host}/door`,
          { connection, path: "/srv/door", content: "shut", mode: "0600" },
          { parent: scope, dependsOn: [ready] },
        ),
    });
    const expose = [{ subdomain: "shop", port: 80, access: "public" as const }];
    const graph = await graphOfTwo(
      platformOf(
        onFront({ name: "gate", gateway: { authority: "/root.crt" } }),
        onFront({ name: "shop", expose, offers: [door.offer({})], uses: [door.request({})] }),
        onFront({ name: "cellar", needs: ["shop"] }),
      ),
    );
    expect(container(graph, "front/gate").dependsOn).toEqual(
      expect.arrayContaining(["front/shop/health", "front/door"]),
    );
    expect(container(graph, "front/gate").dependsOn).not.toContain("front/cellar/health");
    expect(container(graph, "front/cellar").dependsOn).not.toContain("front/door");
    expect(resource(graph, "front/smoke").dependsOn).toContain("front/door");
  });

  test("data is protected where the server's machine outlives the stack, wherever the client is", async () => {
    const rented = { kind: "hcloud", serverType: "cx23", location: "nbg1", image: "debian-13" };
    const graph = await graphOfTwo(
      platformOf(
        onFront({ name: "writer", uses: [note.request({ text: "one" }, { from: "board" })] }),
        onFront({ name: "slate", offers: [note.offer({ folder: "/srv" })] }),
        onData({ name: "board", offers: [note.offer({ folder: "/srv" })] }),
        onData({ name: "copyist", uses: [note.request({ text: "two" }, { from: "slate" })] }),
      ),
      { ...HOSTS, front: { ...HOSTS.front, machine: rented } },
    );
    expect(resource(graph, "data/note/one").inputs["content"]).toBe("kept");
    expect(resource(graph, "front/note/two").inputs["content"]).toBe("lost");
  });

  test("a server of the own host is taken before one elsewhere, unless the other is asked for by name", async () => {
    const offers = [note.offer({ folder: "/srv" })];
    const [near, far] = [onFront({ name: "near", offers }), onData({ name: "far", offers })];
    const uses = [note.request({ text: "one" }), note.request({ text: "two" }, { from: "far" })];
    const graph = await graphOfTwo(platformOf(far, near, onFront({ name: "writer", uses })));
    const notes = graph.filter(({ name }) => name.includes("/note/")).map(({ name }) => name);
    expect(notes).toEqual(["front/note/one", "data/note/two"]);
  });

  test("a request that nobody serves is refused before anything is made", async () => {
    const lost = onFront({ name: "lost", uses: [note.request({ text: "one" })] });
    await expect(graphOfTwo(platformOf(lost))).rejects.toThrow(
      /front\/lost[^]*uses a note, which no service of the stack offers/,
    );
  });

  test("two tenants that claim one database are refused, also across hosts", async () => {
    const acme = tenants.services.find(({ name }) => name === "acme") as ContainerService;
    const twin = { ...acme, name: "twin", expose: [], secrets: {}, settings: {}, offers: [] };
    await expect(graphOfTwo({ ...tenants, services: [...tenants.services, twin] })).rejects.toThrow(
      /front\/acme, front\/twin[^]*the database acme in postgresql on data belongs to more than one service/,
    );
  });
});

test("a machine with a firstPort is come to by that until sshd has moved, and by its port from then on", async () => {
  const { machine, ...host } = existing("192.0.2.1");
  const moving = { machine: { ...machine, port: 804, firstPort: 22 }, ...host };
  const graph = await graphOfTwo(tenants, { ...HOSTS, front: moving });
  const portOf = (name: string): number => (resource(graph, name).inputs["connection"] as { port: number }).port;
  const before = ["packages", "system", "engine-settings", "sysctl", "sshd"].map((name) => portOf(`front/${name}`));
  expect(before).toEqual([22, 22, 22, 22, 22]);
  expect(resource(graph, "front/sshd").inputs["port"]).toBe(804);
  const after = ["packet-filter", "login-bans", "docker", "acme/image"].map((name) => portOf(`front/${name}`));
  expect(after).toEqual([804, 804, 804, 804]);
  expect(resource(graph, "front/login-bans").inputs["sshPort"]).toBe(804);
});
