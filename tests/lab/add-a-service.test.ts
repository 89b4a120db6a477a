import { readFileSync } from "node:fs";
import path from "node:path";
import { projectRoot } from "../../toolchain/environment";
import type { LabHost } from "./harness/host";
import { Lab } from "./harness/lab";
import { run } from "./harness/run";
import { authorityOf, get } from "./harness/site";

/** Does what docs/add-a-service.md says, with the very text of its example, and sees what it promises. */

const DOCUMENT = readFileSync(path.join(projectRoot, "docs/add-a-service.md"), "utf8");
const [, EXAMPLE = ""] = /^```ts\n([^]*?)^```$/m.exec(DOCUMENT) ?? [];

let lab: Lab;
let host: LabHost;
beforeAll(async () => {
  lab = await Lab.prepare("add-a-service");
  lab.edit("platforms/vpai/services/longterm.ts", () => EXAMPLE);
  await lab.makeSucceed("up");
  host = await lab.host("sese-ai");
}, 1_500_000);
afterAll(() => lab.remove(), 300_000);

test("the container runs and is healthy", async () => {
  expect(await host.container("vpai_longterm")).toMatchObject({
    State: { Status: "running", Health: { Status: "healthy" } },
    HostConfig: { Memory: 64 * 1024 * 1024 },
  });
});

test("Caddy has a route to it", async () => {
  const { status, body } = await get(host, "https://longterm.vpai.test/health", await authorityOf(host));
  expect({ status, body }).toEqual({ status: 200, body: "OK" });
});

test("the picture has it once it is drawn anew", async () => {
  await lab.makeSucceed("docs");
  const read = (file: string): string => readFileSync(path.join(lab.directory, file), "utf8");
  expect(read("docs/platform.svg")).toContain(">longterm</text>");
  expect(read("docs/platform.mmd")).toContain(
    'n-longterm["<b>longterm</b> v1.135.0<br/>:8428<br/>backend, monitoring"]',
  );
});

test("the tests walk it, its scrape target among others, and pass", async () => {
  const { code, all } = await run(
    [
      "npx",
      "jest",
      "tests/unit/services",
      "tests/unit/stack",
      "tests/unit/platforms",
      "tests/unit/diagram",
      "--verbose",
    ],
    {
      directory: lab.directory,
      timeout: 900,
    },
  );
  const own = /\n +longterm\n((?: +✓ .* reaches the host.*\n)+)/.exec(all)?.[1] ?? "";
  for (const option of ["image", "expose", "data", "metrics", "limits", "backup"])
    expect(own).toContain(`✓ ${option} `);
  expect([code, all.match(/^.*(?:✕|●).*$/gm) ?? []]).toEqual([0, []]);
}, 1_000_000);
