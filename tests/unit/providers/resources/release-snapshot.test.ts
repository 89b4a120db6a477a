import "../without-sdk";
import { implement } from "../../../../providers/implementation";
import { type ReleaseSnapshotInputs, releaseSnapshotKind } from "../../../../providers/resources/release-snapshot";
import type { Answer } from "../../../../providers/ssh/transport";
import { SshServer } from "../ssh-server";
import { inspected } from "../../inspected";

let server: SshServer;
let inputs: ReleaseSnapshotInputs;

beforeAll(async () => {
  server = await SshServer.start();
  inputs = {
    connection: server.connection,
    container: "vpai_n8n",
    service: "n8n",
    image: "sha256:new",
    reference: "docker.io/n8nio/n8n:2.8.0",
    unit: "backup-sese-ai.service",
    kept: 3,
    configs: "/opt/vpai/configs/n8n",
    lastHealthy: "/opt/vpai/last-healthy/n8n",
  };
});
afterAll(() => server.stop());
beforeEach(() => void (server.commands.length = 0));

const UNIT =
  'ExecStart="/bin/sh" "/opt/vpai/jobs/run" "3" "300" "10800" "/bin/bash" "/b/backup.sh" "/opt/vpai" "vpai_" "sha256:node" "run"\n';

const ok = (stdout: string): Answer => ({ code: 0, stdout, stderr: "" });

const container = (image: string, labels: Record<string, string> = {}, Status = "running") =>
  inspected({
    Image: image,
    State: { Status },
    Config: { Labels: labels, Env: ["A=1"] },
    HostConfig: {
      NetworkMode: "backend",
      Mounts: [{ Type: "bind", Source: "/opt/vpai/configs/n8n", Target: "/etc/n8n" }],
    },
    networks: { backend: { Aliases: ["n8n"] } },
  });

interface World {
  container?: object;
  /** The last healthy version. */
  kept?: object;
  release?: Answer;
}

/** What the host was told to release, and what came with it. */
function world({
  container: there,
  kept,
  release = ok("n8n-files: 3 KiB\n20261129T230000Z-2.7.3: 3 KiB, complete\n"),
}: World): void {
  server.respond = (argv) => {
    if (argv[2] === "inspect" && argv[1] === "container")
      return there === undefined ? { code: 1, stdout: "", stderr: "No such container" } : ok(JSON.stringify([there]));
    if (argv.at(-1) === inputs.lastHealthy)
      return kept === undefined ? { code: 44, stdout: "", stderr: "" } : ok(JSON.stringify(kept));
    if (argv[0] === "systemctl") return ok(UNIT);
    if (argv.includes("release")) return release;
    if (argv[1] === "image" && argv[2] === "inspect") return ok("n8nio/n8n:2.7.2 n8nio/n8n@sha256:abc \n");
    return ok("");
  };
}

const asked = (): string[][] => server.commands.filter((argv) => argv.includes("release"));

const create = async (): Promise<unknown> =>
  (await implement(releaseSnapshotKind).create({ ...inputs, resource: "x" })).outs;

const KEPT = {
  containerId: "c0ffee",
  image: "docker.io/n8nio/n8n:2.7.3",
  revision: "rev",
  description: { Image: "sha256:old" },
};

test.each<[string, World]>([
  ["a new service", {}],
  ["one that keeps its image", { container: container("sha256:new"), kept: KEPT }],
  ["one that was never healthy", { container: container("sha256:old", {}, "restarting") }],
])("%s has nothing copied", async (_what, given) => {
  world(given);
  expect(await create()).toMatchObject({ release: "" });
  expect(asked()).toEqual([]);
});

test("one of another image is copied under the name of what it was, with the configuration that it had read", async () => {
  world({ container: container("sha256:old"), kept: KEPT });
  expect(await create()).toMatchObject({ release: "20261129T230000Z-2.7.3" });
  expect(asked()).toEqual([
    [
      ...["/bin/bash", "/b/backup.sh", "/opt/vpai", "vpai_", "sha256:node", "release", "n8n", "3"],
      ...["docker.io/n8nio/n8n:2.7.3", "sha256:old", "docker.io/n8nio/n8n:2.8.0", "sha256:new", "rev"],
      "/opt/vpai/last-healthy/n8n/configs",
    ],
  ]);
});

test("one that nobody knew to be healthy is named as its image is, and has the configuration that is there", async () => {
  world({ container: container("sha256:old"), kept: { ...KEPT, containerId: "another" } });
  await create();
  expect(asked()[0]?.slice(8)).toEqual([
    ...["n8nio/n8n:2.7.2", "sha256:old", "docker.io/n8nio/n8n:2.8.0", "sha256:new", ""],
    "/opt/vpai/configs/n8n",
  ]);
});

test("a previous version that serves is what a release goes back to", async () => {
  const labels = { "dev.vpai.previous": "docker.io/n8nio/n8n:2.7.3" };
  world({ container: { ...container("sha256:old", labels), Id: "beef" }, kept: KEPT });
  await create();
  expect(asked()[0]?.slice(8, 10)).toEqual(["docker.io/n8nio/n8n:2.7.3", "sha256:old"]);
  expect(asked()[0]?.at(-1)).toBe("/opt/vpai/last-healthy/n8n/configs");
});

test("without a copy there is an error that says what was left as it was", async () => {
  world({
    container: container("sha256:old"),
    kept: KEPT,
    release: {
      code: 1,
      stdout: "",
      stderr: "backup: expected 2000 MiB free on the disk of /opt/vpai/releases/n8n; found 3 MiB.\n",
    },
  });
  await expect(create()).rejects.toThrow(
    /^n8n on \S+: expected a copy of its data before docker\.io\/n8nio\/n8n:2\.8\.0 takes it on in place of docker\.io\/n8nio\/n8n:2\.7\.3, found that there is none: backup: expected 2000 MiB free .* Its container was left as it is/,
  );
});
