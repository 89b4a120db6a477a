import { readFileSync } from "node:fs";
import path from "node:path";
import { projectRoot } from "../../../toolchain/environment";
import type { LabHost } from "../harness/host";
import { Lab } from "../harness/lab";
import { run } from "../harness/run";
import { authorityOf, get } from "../harness/site";

/**
 * Does what docs/add-a-service.md and docs/add-a-capability.md say, with the very text of their examples, and sees what
 * they promise. Nothing else in the checkout is edited.
 */

const textOf = (document: string): string => readFileSync(path.join(projectRoot, "docs", document), "utf8");

const [, SERVICE = ""] = /^```ts\n([^]*?)^```$/m.exec(textOf("add-a-service.md")) ?? [];

/** The capability, a service that offers it and one that requests it, each under the name of its file. */
const CAPABILITY = [...textOf("add-a-capability.md").matchAll(/^`([\w/-]+\.ts)`, a?[^`]*:\n\n```ts\n([^]*?)^```$/gm)];

let lab: Lab;
let host: LabHost;
beforeAll(async () => {
  lab = await Lab.prepare("add-a-service");
  lab.edit("platforms/vpai/services/longterm.ts", () => SERVICE);
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

test("the unit tests walk it, its scrape target among others, and pass", async () => {
  // Providers and toolchain know of no service, and their tests take long.
  const others = ["--testPathIgnorePatterns", "unit/(providers|toolchain)/"];
  const { code, all } = await run(["npx", "jest", "--selectProjects", "unit", ...others, "--verbose"], {
    directory: lab.directory,
    timeout: 900,
  });
  const own = /\n +longterm\n((?: +✓ .* reaches the host.*\n)+)/.exec(all)?.[1] ?? "";
  for (const option of ["run.image", "expose", "data", "limits", "metrics", "alerts"])
    expect(own).toContain(`✓ ${option} `);
  expect([code, all.match(/^.*(?:✕|●).*$/gm) ?? []]).toEqual([0, []]);
}, 1_000_000);

describe("a capability with a service that offers it and one that requests it", () => {
  const FILE = "https://downloads.vpai.test/greeter.txt";
  const CONTENT = "It says hello to everybody.\n";
  const published = async (): Promise<unknown> => (await get(host, FILE, await authorityOf(host))).body;

  test("is three new files, which add what is theirs and a route", async () => {
    for (const [, file = "", text = ""] of CAPABILITY) lab.edit(file, () => text);
    expect(CAPABILITY.map(([, file]) => file)).toEqual([
      "capabilities/published-file.ts",
      "platforms/vpai/services/downloads.ts",
      "platforms/vpai/services/greeter.ts",
    ]);
    const of = (service: string): string[] => [service, `${service}/image`, `${service}/health`];
    const added = [...of("downloads"), "downloads/data/downloads", "published-file/greeter.txt", ...of("greeter")];
    expect(await lab.up()).toEqual({
      ...Object.fromEntries(added.map((name) => [`sese-ai/${name}`, "create"])),
      "sese-ai/caddy/config/Caddyfile": "update",
      "sese-ai/caddy/health": "update",
      "sese-ai/readiness": "update",
      "sese-ai/smoke": "update",
    });
  });

  test("what is requested is made in the server", async () => {
    expect(await published()).toBe(CONTENT);
  });

  test("who requests starts after the server", async () => {
    const started = async (name: string): Promise<number> => Date.parse((await host.container(name)).State.StartedAt);
    expect(await started("vpai_greeter")).toBeGreaterThan(await started("vpai_downloads"));
  });

  test("what somebody changed in the server is put right", async () => {
    await host.output(["sh", "-c", "echo changed > /opt/vpai/data/downloads/greeter.txt"]);
    expect(await published()).toBe("changed\n");
    expect(await lab.refresh()).toEqual({ "sese-ai/published-file/greeter.txt": "update" });
    expect(await lab.up()).toEqual({ "sese-ai/published-file/greeter.txt": "update" });
    expect(await published()).toBe(CONTENT);
  });

  test("a further up changes nothing", async () => {
    expect(await lab.up()).toEqual({});
  });
});
