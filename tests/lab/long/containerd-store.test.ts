import { eventually } from "../../eventually";
import type { LabHost } from "../harness/host";
import { Lab } from "../harness/lab";
import { admitUnknownImages, pushVariant } from "../harness/variants";

/** E7: hosts whose engines keep images in containerd's store, as Docker 29 does where nothing is said. */

const GOOD = "docker.io/n8nio/n8n:2.7.3";

let lab: Lab;
let host: LabHost;
beforeAll(async () => {
  lab = await Lab.prepare("containerd-store");
  lab.edit("components/machines/lab/machine.ts", (text) =>
    text
      // It mounts overlays, which it cannot on one.
      .replace('docker: "/var/lib/docker",', 'docker: "/var/lib/docker", containerd: "/var/lib/containerd",')
      .replace(
        '"log-driver": "json-file",',
        'features: { "containerd-snapshotter": true }, "log-driver": "json-file",',
      ),
  );
  // With that store Docker asks port 443, and then 80 only where somebody has answered there without TLS.
  lab.replace("lab/images/registry/config.yml", "addr: :80", 'addr: :80\n  debug: { addr: ":443" }');
  admitUnknownImages(lab);
  await lab.makeSucceed("up SERVICES=core,monitoring");
  host = await lab.host("sese-ai");
}, 1_800_000);
afterAll(() => lab.remove(), 300_000);

test("the engine has the other store", async () => {
  expect(await host.docker("info", "--format", "{{.DriverStatus}}")).toContain("io.containerd.snapshotter.v1");
});

test("nothing is left to do, and nothing has drifted", async () => {
  expect(await lab.preview()).toEqual({});
  expect(await lab.refresh()).toEqual({});
  expect(await lab.up()).toEqual({});
}, 300_000);

test("cAdvisor tells of containers by their services", async () => {
  const query = "container_memory_working_set_bytes%7Bservice%3D%22n8n%22%7D";
  const url = `http://127.0.0.1:8428/api/v1/query?query=${query}`;
  await eventually(
    async () =>
      expect(await host.docker("exec", "vpai_victoriametrics", "wget", "-q", "-O", "-", url)).toContain(
        '"service":"n8n"',
      ),
    180,
  );
}, 240_000);

test("after a bad version the one before serves again", async () => {
  const before = await host.container("vpai_n8n");
  const bad = ["tini", "--", "sh", "-c", "echo the bad version gives up; sleep 1; exit 7"];
  await pushVariant("n8n", `127.0.0.1:${lab.identity.registryPort}/n8nio/n8n:2.7.3-bad`, bad);
  await lab.pulumiSucceed(["config", "set", "--path", "vpai:overrides.n8n.image", `${GOOD}-bad`]);
  const { code, all } = await lab.make("up");
  expect(code).not.toBe(0);
  expect(all).toContain(`The previous version (image ${GOOD}) serves again.`);
  const serving = await host.container("vpai_n8n");
  expect(serving).toMatchObject({ Image: before.Image, State: { Health: { Status: "healthy" } } });
  await lab.pulumiSucceed(["config", "rm", "--path", "vpai:overrides"]);
  await lab.up();
  expect(await lab.preview()).toEqual({});
}, 900_000);
