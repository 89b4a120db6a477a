import { coreOfProd, graphOf, program, type Registered, resource, settingsOf } from "../stack/graph";

const LOGIN = { "vpai:registries": JSON.stringify({ "ghcr.io": { user: "mobutoo", secret: "ghcrToken" } }) };
const TOKEN = "canary-of-ghcrToken";
const GIVEN = { ...LOGIN, "secrets:ghcrToken": TOKEN };
const CORE = { "vpai:services": JSON.stringify(["core"]) };

const imagesOf = (graph: readonly Registered[]): [string, unknown, string[]][] =>
  graph
    .filter(({ type }) => type === "pulumi-nodejs:dynamic/vpai/docker:HostImage")
    .map(({ name, inputs, secrets }): [string, unknown, string[]] => [name, inputs["login"], secrets])
    .sort(([one], [other]) => (one < other ? -1 : 1));

const hasLogin = ([, login, secrets]: [string, unknown, string[]]): boolean =>
  login !== undefined || secrets.length > 0;

const none = (service: string): [string, unknown, string[]] => [`sese-ai/${service}/image`, undefined, []];

describe("an existing machine", () => {
  test("C8: the images of a registry get its login, whose password is a secret; the others get none", async () => {
    const login = { registry: "ghcr.io", user: "mobutoo", secret: "ghcrToken", password: TOKEN };
    const images = imagesOf(await graphOf("prod", { ...coreOfProd, ...GIVEN }, program));
    expect(images.filter(hasLogin)).toEqual([["sese-ai/caddy/image", login, ["login.password"]]]);
    expect(images.filter((image) => !hasLogin(image))).toEqual(
      expect.arrayContaining(["n8n", "postgresql", "redis"].map(none)),
    );
  });

  test("C8: only pulls are told the password, a rollback's too, and without logins nothing differs", async () => {
    const [without, withLogin] = [
      await graphOf("prod", coreOfProd, program),
      await graphOf("prod", { ...coreOfProd, ...GIVEN }, program),
    ];
    const pulls = ({ name }: Registered) => name === "sese-ai/caddy/image" || name.endsWith("/health");
    const others = (graph: readonly Registered[]) =>
      graph.filter((one) => !pulls(one)).sort((one, other) => one.name.localeCompare(other.name));
    expect(others(withLogin)).toEqual(others(without));
    expect(resource(withLogin, "sese-ai/caddy/health").secrets).toContain("logins.0.password");
    expect(JSON.stringify(resource(without, "sese-ai/caddy/health").inputs)).not.toContain("logins");
    expect(JSON.stringify(others(withLogin))).not.toContain(TOKEN);
    expect(imagesOf(without).filter(hasLogin)).toEqual([]);
  });
});

describe("the lab", () => {
  const lab = (config: Record<string, string>) => graphOf("lab", { ...settingsOf("lab"), ...CORE, ...config }, program);
  const SERVER = "lab/registry/ghcr.io/server";
  const hostsOf = (graph: readonly Registered[]): unknown =>
    resource(graph, "sese-ai/machine/container").inputs["hosts"];
  const addressOf = (graph: readonly Registered[], server: string): unknown =>
    (resource(graph, server).inputs["networksAdvanced"] as { ipv4Address: string }[])[0]?.ipv4Address;

  test("C8: a registry with a login has a server of its own that wants it, with a password that the lab makes", async () => {
    const graph = await lab(LOGIN);
    expect(imagesOf(graph)[0]).toEqual([
      "sese-ai/caddy/image",
      {
        ...{ registry: "ghcr.io", user: "mobutoo", secret: "ghcrToken" },
        password: "random-lab/registry/ghcr.io/password",
      },
      ["login.password"],
    ]);
    expect(resource(graph, "sese-ai/caddy/image").dependsOn).toContain(SERVER);
    expect(hostsOf(graph)).toEqual([{ host: "ghcr.io", ip: addressOf(graph, SERVER) }]);
    const { inputs, secrets } = resource(graph, SERVER);
    expect(secrets).toEqual(["uploads.0.content"]);
    expect(inputs["envs"]).toContain("REGISTRY_AUTH=htpasswd");
    expect(inputs["volumes"]).toMatchObject([{ containerPath: "/var/lib/registry", readOnly: true }]);
    expect(inputs["uploads"]).toEqual([
      {
        file: "/etc/docker/registry/htpasswd",
        content: "mobutoo:hash-lab/registry/ghcr.io/password\n",
        permissions: "0600",
      },
    ]);
  });

  test("C8: a password in the stack's config is the one that hosts log in with", async () => {
    expect(imagesOf(await lab(GIVEN))[0]?.[1]).toMatchObject({ password: TOKEN });
  });

  test("without logins there is one registry, which wants none", async () => {
    const graph = await lab({});
    expect(graph.filter(({ name }) => name.startsWith("lab/registry")).map(({ name }) => name)).toEqual([
      "lab/registry",
      "lab/registry/server",
    ]);
    expect(hostsOf(graph)).toEqual([{ host: "ghcr.io", ip: addressOf(graph, "lab/registry/server") }]);
    expect(imagesOf(graph)[0]).toEqual(none("caddy"));
  });
});
