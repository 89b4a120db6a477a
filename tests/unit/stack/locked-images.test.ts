import { fakeLock } from "./fake-lock";
import { container, coreOfProd, graphOf, program, resource, settingsOf, warnings } from "./graph";

const DIGEST = `sha256:${"5".repeat(64)}`;
const OTHER = `sha256:${"6".repeat(64)}`;

const warned = (): string => warnings.mock.calls.map(([text]) => text).join("\n");

const prod = (overrides: object = {}) =>
  graphOf("prod", { ...coreOfProd, "vpai:overrides": JSON.stringify(overrides) }, program);

beforeEach(() => {
  fakeLock.images = { "docker.io/library/redis:8.0.2": { digest: DIGEST, architectures: ["amd64"] } };
  warnings.mockClear();
});

test("an image in the lock is pulled by tag and digest, the others by their tag, with one warning that names those", async () => {
  const graph = await prod();
  expect(resource(graph, "sese-ai/redis/image").inputs["name"]).toBe(`docker.io/library/redis:8.0.2@${DIGEST}`);
  expect(resource(graph, "sese-ai/postgresql/image").inputs["name"]).toBe("docker.io/library/postgres:18.1");
  expect(warnings).toHaveBeenCalledTimes(1);
  expect(warned()).toContain("docker.io/library/postgres:18.1");
  expect(warned()).toContain("make images-lock");
  expect(warned()).not.toContain("redis");
});

test("the container runs what was pulled, and a file's check runs in that content", async () => {
  fakeLock.images = { "ghcr.io/mobutoo/vpai-caddy:2.10.2": { digest: DIGEST, architectures: ["amd64"] } };
  const graph = await prod();
  expect(container(graph, "sese-ai/caddy").inputs["image"]).toBe("sha256:sese-ai/caddy/image");
  expect(resource(graph, "sese-ai/caddy/config/Caddyfile").inputs["validate"]).toContain(
    `ghcr.io/mobutoo/vpai-caddy:2.10.2@${DIGEST}`,
  );
});

test("an override is used as the stack's file has it: its own digest without a warning, an unlocked tag with one", async () => {
  const graph = await prod({
    redis: { image: `docker.io/library/redis:8.0.2@${OTHER}` },
    postgresql: { image: "docker.io/library/postgres:18.9" },
  });
  expect(resource(graph, "sese-ai/redis/image").inputs["name"]).toBe(`docker.io/library/redis:8.0.2@${OTHER}`);
  expect(resource(graph, "sese-ai/postgresql/image").inputs["name"]).toBe("docker.io/library/postgres:18.9");
  expect(warned()).toContain("docker.io/library/postgres:18.9");
  expect(warned()).not.toContain("redis");
});

test("the lab pulls what its own registry has, whatever the lock says, and warns of nothing", async () => {
  const graph = await graphOf("lab", { ...settingsOf("lab"), "vpai:services": JSON.stringify(["core"]) }, program);
  expect(resource(graph, "sese-ai/redis/image").inputs["name"]).toBe(
    "docker.io/library/redis:8.0.2@stdout of lab/push/redis",
  );
  expect(warnings).not.toHaveBeenCalled();
});
