import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import type { LabHost } from "./harness/host";
import type { Lab } from "./harness/lab";
import { sharedLab } from "./harness/shared";

/** The lab's hosts pull by digest, and `make images-lock` writes down the digests that they run. */

/** What runs in the lab's core, and under which of production's references. */
const RUNNING = {
  vpai_caddy: "ghcr.io/mobutoo/vpai-caddy:2.10.2",
  vpai_n8n: "docker.io/n8nio/n8n:2.7.3",
  vpai_postgresql: "docker.io/library/postgres:18.1",
  vpai_redis: "docker.io/library/redis:8.0.2",
};

type Lock = Record<string, { digest: string; architectures: string[] }>;

let lab: Lab;
let host: LabHost;
let folder: string;
let file: string;

beforeAll(async () => {
  lab = await sharedLab();
  host = await lab.host("sese-ai");
  folder = mkdtempSync(path.join(tmpdir(), "images-lock-"));
  file = path.join(folder, "lock.json");
}, 1_500_000);

afterAll(() => {
  lab.restoreFiles();
  rmSync(folder, { recursive: true });
});

const registry = (): string => `http://127.0.0.1:${lab.identity.registryPort}`;
const imagesLock = () => lab.make(`images-lock MIRROR=${registry()} LOCK=${file}`);
const written = (): Lock => JSON.parse(readFileSync(file, "utf8")) as Lock;

/** Digests and architecture of the image that a container was made from, as the host's engine tells them. */
async function imageOf(container: string): Promise<{ digests: string[]; architecture: string }> {
  const { Image } = await host.container(container);
  const format = '{"digests":{{json .RepoDigests}},"architecture":{{json .Architecture}}}';
  return JSON.parse(await host.docker("image", "inspect", "--format", format, Image)) as never;
}

test("the lock has the digests and architectures of what the hosts run", async () => {
  await imagesLock();
  const lock = written();
  for (const [container, reference] of Object.entries(RUNNING)) {
    const { digests, architecture } = await imageOf(container);
    expect(digests.map((digest) => digest.split("@")[1])).toEqual([lock[reference]?.digest]);
    expect(lock[reference]?.architectures).toEqual([architecture]);
  }
});

test("a registry gives the locked content under tag and digest together", async () => {
  const reference = RUNNING.vpai_redis;
  const pinned = `${reference}@${written()[reference]?.digest}`;
  const { Image } = await host.container("vpai_redis");
  await host.docker("pull", "--quiet", pinned);
  expect(await host.docker("image", "inspect", "--format", "{{.Id}}", pinned)).toBe(Image);
});

test("a tag that the registry does not have is named, and takes nothing from the others", async () => {
  const before = written();
  const override = "  vpai:overrides:\n    redis:\n      image: docker.io/library/redis:8.0.999\n";
  lab.replace("Pulumi.lab.yaml", "config:\n", `config:\n${override}`);
  const { code, stderr } = await imagesLock();
  expect(code).not.toBe(0);
  expect(stderr).toContain(
    "docker.io/library/redis:8.0.999: the registry has no library/redis:8.0.999: correct the tag\n",
  );
  expect(written()).toEqual(before);
  lab.restoreFiles();
});

test("locking what already runs pulls it by digest and replaces no container", async () => {
  const before = await host.starts();
  lab.replace("components/machines/lab/registry.ts", "      digest: push.stdout,\n", "");
  expect(await lab.up()).toMatchObject({ "sese-ai/redis/image": "update" });
  lab.restoreFiles();
  const locking = await lab.up();
  expect(locking).toMatchObject({ "sese-ai/redis/image": "update" });
  expect(Object.keys(locking)).not.toContain("sese-ai/redis");
  expect(await host.starts()).toEqual(before);
  expect(await lab.preview()).toEqual({});
});
