import { eventually } from "../../eventually";
import { BadN8n, FAILED_LOG, GATE, PREVIOUS, SERVES } from "../harness/bad-n8n";
import type { LabHost } from "../harness/host";
import type { Lab } from "../harness/lab";
import { killUp } from "../harness/processes";
import { sharedLab } from "../harness/shared";

/** Bad versions that it takes minutes to tell from slow ones; those that are told at once are in `../rollback.test.ts`. */

let lab: Lab;
let host: LabHost;
let n8n: BadN8n;
beforeAll(async () => {
  lab = await sharedLab();
  host = await lab.host("sese-ai");
  n8n = await BadN8n.in(lab, "unhealthy", "flapping");
}, 1_500_000);

test(
  "an n8n that never becomes healthy makes way for the one before",
  async () => {
    const said = await n8n.up("unhealthy");
    expect(said).toMatch(
      /vpai_n8n on \S+ \(image \S+-unhealthy\) is not healthy: expected "healthy", found ("\w+" after 20|that Docker calls it unhealthy)/,
    );
    expect(said).toContain(SERVES);
    expect(said).toMatch(FAILED_LOG);
    await n8n.expectPreviousServes();
  },
  GATE,
);

test(
  "an up that tries the bad version again and is killed meanwhile is no matter to the next",
  async () => {
    const { Id } = await host.container("vpai_n8n.failed");
    const up = lab.make("up");
    await eventually(async () => {
      if ((await host.container("vpai_n8n")).Id !== Id) throw new Error("the bad version has not got its name back");
    }, 120);
    killUp(lab.directory);
    expect((await up).code).not.toBe(0);
  },
  GATE,
);

test(
  "so does one that is healthy at first, and then is not",
  async () => {
    const said = await n8n.up("flapping");
    expect(said).toMatch(/found that it was healthy, and that its health check failed 3 times in a row/);
    expect(said).toContain(SERVES);
    expect(said).toMatch(FAILED_LOG);
    await n8n.expectPreviousServes();
  },
  GATE,
);

test(
  "once it is mended, the next up converges and nothing is left of the bad versions",
  async () => {
    lab.restoreFiles();
    await lab.pulumiSucceed(["config", "rm", "--path", "vpai:overrides"]);
    await lab.makeSucceed("up");
    expect(await lab.preview()).toEqual({});
    expect(await host.docker("ps", "--all", "--quiet", "--filter", `label=${PREVIOUS}`)).toBe("");
  },
  GATE,
);
