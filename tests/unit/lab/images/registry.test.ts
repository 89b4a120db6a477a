import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { manifestAt, registryReady } from "../../../../lab/images/registry";

const digest = `sha256:${"a".repeat(64)}`;
const config = `sha256:${"b".repeat(64)}`;
let server: Server;
let registry: string;
let accepted: string | undefined;

/** Answers like a registry that has `library/redis:8.0.2`, a list of images, and one tag that makes it fail. */
beforeAll(async () => {
  server = createServer((request, response) => {
    accepted = request.headers.accept;
    if (request.url === "/v2/") return response.end("{}");
    if (request.url === "/v2/library/redis/manifests/8.0.2") {
      response.setHeader("Docker-Content-Digest", digest);
      return response.end(JSON.stringify({ config: { digest: config } }));
    }
    if (request.url === "/v2/library/redis/manifests/list") {
      response.setHeader("Docker-Content-Digest", digest);
      return response.end(JSON.stringify({ manifests: [] }));
    }
    response.statusCode = request.url?.endsWith("/broken") ? 500 : 404;
    return response.end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  registry = `127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterAll(() => server.close());

test("a tag that is there has a digest and a configuration", async () => {
  expect(await manifestAt(registry, "library/redis", "8.0.2")).toEqual({ digest, config });
  expect(accepted).toContain("application/vnd.oci.image.manifest.v1+json");
  expect(accepted).toContain("application/vnd.docker.distribution.manifest.v2+json");
});

test("a list of images has no configuration", async () => {
  expect(await manifestAt(registry, "library/redis", "list")).toEqual({ digest });
});

test("a tag that is not there is no error", async () => {
  expect(await manifestAt(registry, "library/redis", "7.0")).toBeUndefined();
});

test("a registry that fails is an error with its status", async () => {
  await expect(manifestAt(registry, "library/redis", "broken")).rejects.toThrow(/found status 500/);
});

test("a registry that runs is ready; one that does not is an error that names it and the reason", async () => {
  await registryReady(registry);
  await expect(registryReady("127.0.0.1:1", 300)).rejects.toThrow(/a registry at 127\.0\.0\.1:1, found none \(.+\)/);
});
