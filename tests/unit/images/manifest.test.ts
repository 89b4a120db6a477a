import { RegistryClient } from "../../../images/registry/client";
import { findImage } from "../../../images/registry/manifest";
import { FakeRegistry } from "./fake-registry";

let registry: FakeRegistry;
beforeAll(async () => (registry = await FakeRegistry.start()));
beforeEach(() => registry.reset());
afterAll(() => registry.stop());

const find = (tag = "8.0.2", access: { basic?: string; timeout?: number } = {}) =>
  findImage(new RegistryClient({ endpoint: registry.endpoint, ...access }), "library/redis", tag);

const entry = (os: string, architecture: string) => ({ digest: "sha256:0", platform: { os, architecture } });
const LIST = {
  mediaType: "application/vnd.oci.image.index.v1+json",
  manifests: [
    entry("linux", "arm64"),
    entry("unknown", "unknown"),
    entry("linux", "amd64"),
    entry("linux", "s390x"),
    { digest: "sha256:0" },
  ],
};

describe("what a tag holds", () => {
  test("a list: its own digest, and those architectures that a host may have", async () => {
    const digest = registry.put("library/redis", "8.0.2", LIST);
    expect(await find()).toEqual({ digest, architectures: ["amd64", "arm64"] });
  });

  test("a list without what a host runs on has no architecture", async () => {
    registry.put("library/redis", "8.0.2", { manifests: [entry("windows", "amd64"), entry("linux", "riscv64")] });
    expect((await find()).architectures).toEqual([]);
  });

  test("a single image: its configuration says the architecture", async () => {
    const config = registry.putConfig("library/redis", { architecture: "arm64", os: "linux", rootfs: {} });
    const digest = registry.put("library/redis", "8.0.2", { schemaVersion: 2, config: { digest: config } });
    expect(await find()).toEqual({ digest, architectures: ["arm64"] });
  });

  test("a registry that does not tell the digest: the manifest has it", async () => {
    const digest = registry.put("library/redis", "8.0.2", LIST);
    registry.content.set("library/redis/manifests/8.0.2", { body: JSON.stringify(LIST) });
    expect((await find()).digest).toBe(digest);
  });
});

describe("the token", () => {
  beforeEach(() => {
    registry.demands = "bearer";
    const config = registry.putConfig("library/redis", { architecture: "amd64", os: "linux" });
    registry.put("library/redis", "8.0.2", { config: { digest: config } });
  });

  test("is fetched without a login, for this repository, and used for all that follows", async () => {
    expect((await find()).architectures).toEqual(["amd64"]);
    expect(registry.requests).toEqual([
      "/v2/library/redis/manifests/8.0.2",
      "/token?service=registry.test&scope=repository%3Alibrary%2Fredis%3Apull",
      '/v2/library/redis/manifests/8.0.2 Bearer a"token',
      expect.stringMatching(/^\/v2\/library\/redis\/blobs\/sha256:[0-9a-f]{64} Bearer a"token$/),
    ]);
  });

  test("of a private image takes credentials, which go to the token service alone", async () => {
    registry.login = "dXNlcjpwYXNz";
    expect((await find("8.0.2", { basic: "dXNlcjpwYXNz" })).architectures).toEqual(["amd64"]);
    expect(registry.requests.filter((request) => request.includes("dXNlcjpwYXNz"))).toEqual([
      expect.stringMatching(/^\/token\?.* Basic dXNlcjpwYXNz$/),
    ]);
    await expect(find()).rejects.toThrow(
      /expected a token from http:\/\/127\.0\.0\.1:\d+, found status 401.*docker login/,
    );
  });

  test("that an encrypted registry wants fetched in the clear is not fetched", async () => {
    const answer = new Response("", { status: 401, headers: { "www-authenticate": 'Bearer realm="http://b.test/t"' } });
    const fetched = jest.spyOn(globalThis, "fetch").mockResolvedValue(answer);
    try {
      const client = new RegistryClient({ endpoint: "https://a.test", basic: "dXNlcjpwYXNz" });
      await expect(findImage(client, "library/redis", "8.0.2")).rejects.toThrow(
        'expected the address of a token service from https://a.test, found "http://b.test/t"',
      );
      expect(fetched).toHaveBeenCalledTimes(1);
    } finally {
      fetched.mockRestore();
    }
  });

  test("a registry that wants a password instead gets it, or the error says so", async () => {
    registry.demands = "basic";
    registry.login = "dXNlcjpwYXNz";
    expect((await find("8.0.2", { basic: "dXNlcjpwYXNz" })).architectures).toEqual(["amd64"]);
    await expect(find()).rejects.toThrow(/wants a password: docker login/);
  });
});

describe("C8: a login that does not help is named, and never shown", () => {
  const access = { basic: "dXNlcjpwYXNz", login: "the login of mobutoo (secrets:ghcrToken)" };
  const messageOf = async (): Promise<string> => {
    const message = await find("8.0.2", access).then(
      () => "none",
      (error: Error) => error.message,
    );
    expect(message).not.toContain("dXNlcjpwYXNz");
    return message.replace(registry.endpoint, "<registry>");
  };

  test.each(["bearer", "basic"] as const)("a password that a registry with the scheme %s refuses", async (scheme) => {
    registry.demands = scheme;
    registry.login = "b3RoZXI6cGFzcw==";
    expect(await messageOf()).toBe(
      "<registry> refuses the login of mobutoo (secrets:ghcrToken) (status 401): correct the password, the right to read " +
        "the image, or its name",
    );
  });

  test("one that may not read the image, and one whose tag is missing", async () => {
    registry.content.set("library/redis/manifests/8.0.2", { status: 403 });
    expect(await messageOf()).toBe(
      "the registry does not give library/redis:8.0.2 to the login of mobutoo (secrets:ghcrToken) (status 403): let it read " +
        "the image, or correct the name",
    );
    registry.reset();
    expect(await messageOf()).toBe("the registry has no library/redis:8.0.2: correct the tag");
  });
});

test.each(['{"token":7}', "null", "[]", "<html>"])("%s is no token", async (body) => {
  const answers = [
    new Response("", { status: 401, headers: { "www-authenticate": 'Bearer realm="https://a.test/t"' } }),
    new Response(body),
  ];
  const fetched = jest
    .spyOn(globalThis, "fetch")
    .mockImplementation(() => Promise.resolve(answers.shift() as Response));
  try {
    await expect(new RegistryClient({ endpoint: "https://a.test" }).get("x", [])).rejects.toThrow(
      "expected a token from https://a.test, found status 200: run again later",
    );
  } finally {
    fetched.mockRestore();
  }
});

describe("what goes wrong says what to do", () => {
  const PATH = "library/redis/manifests/8.0.2";

  test.each([
    [404, {}, "the registry has no library/redis:8.0.2: correct the tag"],
    [403, {}, "gives library/redis:8.0.2 to no stranger (status 403): docker login, or make images-lock STACK="],
    [429, { "retry-after": "90" }, "asked too often (status 429): run again after 90 s, or docker login"],
    [429, {}, "run again later, or docker login"],
    [503, {}, "expected library/redis:8.0.2 from the registry, found status 503"],
  ])("status %s %j", async (status, headers, expected) => {
    registry.content.set(PATH, { status, headers });
    await expect(find()).rejects.toThrow(expected);
  });

  test("a manifest that is not what its digest says is refused", async () => {
    const claimed = `sha256:${"0".repeat(64)}`;
    registry.content.set(PATH, { body: JSON.stringify(LIST), headers: { "docker-content-digest": claimed } });
    await expect(find()).rejects.toThrow(
      `expected the manifest of library/redis:8.0.2 with ${claimed}, found one with`,
    );
  });

  test.each([
    ["<html>", ", found a web page"],
    ["{}", " as one of the forms that it may have, found an object"],
    ['{"schemaVersion":1,"fsLayers":[]}', " as one of the forms that it may have, found an object"],
    ['{"manifests":{},"config":{"digest":"sha256:1"}}', " as one of the forms that it may have, found an object"],
  ])("%s is no manifest", async (body, found) => {
    registry.content.set(PATH, { body });
    await expect(find()).rejects.toThrow(
      `expected a manifest of library/redis:8.0.2${found}: look whether a registry answers there, and no proxy or web site`,
    );
  });

  test("a registry that does not answer in time, and one that is not there", async () => {
    registry.silent.add(PATH);
    await expect(find("8.0.2", { timeout: 200 })).rejects.toThrow(/expected an answer from .*, found .*timeout/);
    const nobody = new RegistryClient({ endpoint: "http://127.0.0.1:1" });
    await expect(findImage(nobody, "a", "1")).rejects.toThrow(
      /expected an answer from http:\/\/127\.0\.0\.1:1, found ./,
    );
  });
});
