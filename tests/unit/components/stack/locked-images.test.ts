import { deploy } from "../../../../components/stack";
import { loadStackConfig } from "../../../../config";
import type { ImageLock } from "../../../../images/lock";
import { platformNamed, platformNames } from "../../../../platforms";
import { container, coreOfProd, graphOf, program, resource, settingsOf, warnings } from "./graph";

const DIGEST = `sha256:${"5".repeat(64)}`;
const OTHER = `sha256:${"6".repeat(64)}`;

const warned = (): string => warnings.mock.calls.map(([text]) => text).join("\n");

const LOCK: ImageLock = { "docker.io/library/redis:8.0.2": { digest: DIGEST, architectures: ["amd64"] } };

const prod = (overrides: object = {}, lock = LOCK) =>
  graphOf("prod", { ...coreOfProd, "vpai:overrides": JSON.stringify(overrides) }, () => program(lock));

beforeEach(() => warnings.mockClear());

test("an image in the lock is pulled by tag and digest, the others by their tag, with one warning that names those", async () => {
  const graph = await prod();
  expect(resource(graph, "sese-ai/redis/image").inputs["reference"]).toBe(`docker.io/library/redis:8.0.2@${DIGEST}`);
  expect(resource(graph, "sese-ai/postgresql/image").inputs["reference"]).toBe("docker.io/library/postgres:18.1");
  expect(warnings).toHaveBeenCalledTimes(1);
  expect(warned()).toContain("docker.io/library/postgres:18.1");
  expect(warned()).toContain("make images-lock");
  expect(warned()).not.toContain("redis");
});

test("an image that only its owner can publish is said in one sentence of its own, until the lock has it", async () => {
  const palais = "ghcr.io/mobutoo/palais:1.0.0";
  const vpai = platformNamed("vpai");
  const services = vpai.services.filter(({ name }) => ["caddy", "postgresql", "palais"].includes(name));
  const config = { ...coreOfProd, "vpai:services": JSON.stringify(["core", "apps"]) };
  const preview = (lock: ImageLock) =>
    graphOf("prod", config, () => ({ hosts: deploy({ ...vpai, services }, loadStackConfig(platformNames), lock) }));
  await preview(LOCK);
  const said = warnings.mock.calls.map(([text]) => String(text)).filter((text) => text.includes("published by"));
  expect(said).toEqual([
    expect.stringMatching(/^ghcr\.io\/mobutoo\/palais:1\.0\.0 can be published by its owner alone/),
  ]);
  expect(said[0]).toContain("before this stack is brought up");
  warnings.mockClear();
  await preview({ ...LOCK, [palais]: { digest: DIGEST, architectures: ["amd64"] } });
  expect(warned()).not.toContain(palais);
});

test("the container runs what was pulled, and a file's check runs in that content", async () => {
  const caddy: ImageLock = { "ghcr.io/mobutoo/vpai-caddy:2.10.2": { digest: DIGEST, architectures: ["amd64"] } };
  const graph = await prod({}, caddy);
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
  expect(resource(graph, "sese-ai/redis/image").inputs["reference"]).toBe(`docker.io/library/redis:8.0.2@${OTHER}`);
  expect(resource(graph, "sese-ai/postgresql/image").inputs["reference"]).toBe("docker.io/library/postgres:18.9");
  expect(warned()).toContain("docker.io/library/postgres:18.9");
  expect(warned()).not.toContain("redis");
});

test.each<[string, ImageLock[string]["architectures"], string]>([
  ["another architecture alone", ["arm64"], "arm64"],
  ["none that a host may have", [], "no architecture of ours"],
])("an image whose registry has %s is refused, whatever the service's file says", async (_, architectures, found) => {
  const lock: ImageLock = { "docker.io/library/redis:8.0.2": { digest: DIGEST, architectures } };
  await expect(prod({}, lock)).rejects.toThrow(
    `sese-ai/redis\n    expected: an image for the host's processor\n    found:    docker.io/library/redis:8.0.2 exists for ${found}, and sese-ai is amd64`,
  );
});

test("an image that its registry has is taken, whatever the service's file says", async () => {
  const vpai = platformNamed("vpai");
  const services = vpai.services.map((service) =>
    service.name === "redis" ? { ...service, run: { ...service.run, architectures: ["arm64"] as const } } : service,
  );
  const deployed = (lock: ImageLock) =>
    graphOf("prod", coreOfProd, () => deploy({ ...vpai, services }, loadStackConfig(platformNames), lock));
  await expect(deployed({})).rejects.toThrow("docker.io/library/redis:8.0.2 exists for arm64, and sese-ai is amd64");
  expect(resource(await deployed(LOCK), "sese-ai/redis/image").inputs["reference"]).toContain(DIGEST);
});

test("the lab pulls what its own registry has, whatever the lock says, and warns of nothing", async () => {
  const foreign: ImageLock = { "docker.io/library/redis:8.0.2": { digest: DIGEST, architectures: ["arm64"] } };
  const config = { ...settingsOf("lab"), "vpai:services": JSON.stringify(["core"]) };
  const graph = await graphOf("lab", config, () => program(foreign));
  expect(resource(graph, "sese-ai/redis/image").inputs["reference"]).toBe(
    "docker.io/library/redis:8.0.2@stdout of lab/push/redis",
  );
  expect(warnings).not.toHaveBeenCalled();
});
