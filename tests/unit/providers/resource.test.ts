import { execFileSync } from "node:child_process";
import * as pulumi from "@pulumi/pulumi";
import { HealthGate, implementations, RemoteDirectory, RemoteFile, SshKey } from "../../../providers";
import type { Kind } from "../../../providers/implementation";
import { resourceOf } from "../../../providers/resource";
import { inspected } from "../inspected";
import { plainOf } from "../components/stack/wire";
import { projectRoot } from "../../../toolchain/environment";

const CONNECTION = { host: "192.0.2.1", port: 22, user: "root", hostKey: "ssh-ed25519 AAAA" };

interface Request {
  getType(): string;
  getObject(): { toJavaScript(): Record<string, unknown> };
  getAdditionalsecretoutputsList(): string[];
}

/** What the engine is asked to register. */
async function registered(make: () => pulumi.Resource): Promise<Request> {
  await pulumi.runtime.setMocks({
    newResource: ({ name, inputs }) => ({ id: name, state: inputs as object }),
    call: () => ({}),
  });
  const monitor = pulumi.runtime.getMonitor() as unknown as { registerResource(request: Request, done: unknown): void };
  const register = monitor.registerResource.bind(monitor);
  const asked: Request[] = [];
  monitor.registerResource = (request, done) => (asked.push(request), register(request, done));
  const { urn } = make();
  await new Promise((resolve) => urn.apply(resolve));
  return asked[0] as Request;
}

const inputsOf = (request: Request): unknown => plainOf(request.getObject().toJavaScript());

describe("a resource", () => {
  test("is of the type that states know, with its inputs, its defaults and the name of its implementation", async () => {
    const request = await registered(
      () =>
        new RemoteFile("a/file", {
          connection: CONNECTION,
          path: "/etc/x",
          content: pulumi.secret("text"),
          mode: "0644",
        }),
    );
    expect(request.getType()).toBe("pulumi-nodejs:dynamic/vpai/host:RemoteFile");
    expect(inputsOf(request)).toEqual({
      connection: CONNECTION,
      path: "/etc/x",
      content: "text",
      owner: "0:0",
      mode: "0644",
      __provider: 'exports.handler = () => require("@vpai/providers").implementations["remoteFile"];',
    });
    expect(request.getAdditionalsecretoutputsList()).toEqual([]);
  });

  test("T15: knows its name where it holds data, as RECREATE takes it", async () => {
    const args = { connection: CONNECTION, path: "/data", owner: "0:0", mode: "0700" };
    expect(inputsOf(await registered(() => new RemoteDirectory("a/n8n/data/n8n", args)))).toMatchObject({
      resource: "a/n8n/data/n8n",
    });
  });

  test("takes another value in place of a default, and parts that are known later", async () => {
    const request = await registered(
      () =>
        new HealthGate("a/gate", {
          connection: { ...CONNECTION, host: pulumi.output("192.0.2.2") },
          container: "c",
          containerId: pulumi.output("id"),
          image: "i",
          revision: "r",
          configs: "/c",
          lastHealthy: "/l",
          tries: 3,
        }),
    );
    expect(inputsOf(request)).toMatchObject({
      connection: { host: "192.0.2.2" },
      containerId: "id",
      tries: 3,
      interval: 10,
      settle: 15,
      condition: "healthy",
    });
  });

  test("keeps its secret outputs encrypted, beside those that its options name", async () => {
    const request = await registered(
      () => new SshKey("a/key", { comment: "me" }, { additionalSecretOutputs: ["comment"] }),
    );
    expect(request.getAdditionalsecretoutputsList().sort()).toEqual(["comment", "privateKey"]);
  });
});

/** States of stacks hold these names: none may be lost or renamed. */
test("implementations are found by the names that states hold", () => {
  const NAMES = [
    "dockerHost",
    "healthGate",
    "liteLlmKey",
    "n8nOwner",
    "n8nWorkflow",
    "postgresDatabase",
    "programAccount",
    "qdrantCollection",
    "remoteDirectory",
    "remoteFile",
    "smokeChecks",
    "sshKey",
  ];
  expect(Object.keys(implementations)).toEqual(expect.arrayContaining(NAMES));
  for (const name of NAMES)
    expect(Object.keys(implementations[name] ?? {}).sort()).toEqual([
      "check",
      "create",
      "delete",
      "diff",
      "read",
      "update",
    ]);
});

test("two kinds of one name are an error", () => {
  const kind: Kind<{ path: string }> = {
    version: 1,
    identity: ["path"],
    ensure: (inputs) => Promise.resolve(inputs),
    observe: (state) => Promise.resolve(state),
    remove: () => Promise.resolve(),
  };
  expect(() => resourceOf(kind, { type: "vpai/host:Other", name: "remoteFile", outputs: {} })).toThrow(
    /named remoteFile/,
  );
});

describe("a process of its own", () => {
  const run = (program: string): string =>
    execFileSync(process.execPath, ["--eval", program], { cwd: projectRoot, encoding: "utf8" });

  test("finds an implementation by a resource's provider, as the provider process does", () => {
    const source = 'exports.handler = () => require("@vpai/providers").implementations["remoteFile"];';
    const load = `require("require-from-string")(${JSON.stringify(source)}).handler()`;
    const olds = { path: "/a", version: 1, __provider: "another" };
    const asked = `${load}.diff("/a", ${JSON.stringify(olds)}, { path: "/b", __provider: "x" })`;
    expect(JSON.parse(run(`${asked}.then((answer) => console.log(JSON.stringify(answer)))`))).toEqual({
      changes: true,
      replaces: ["path"],
      deleteBeforeReplace: true,
    });
  });

  test("loads the packages that an implementation needs when it is at work", () => {
    const created = 'require("@vpai/providers").implementations.sshKey.create({ comment: "me" })';
    expect(run(`${created}.then(({ outs }) => console.log(outs.publicKey))`)).toMatch(/^ssh-ed25519 AAAA\S+\n$/);
    const container = inspected({ networks: { a: { IPAddress: "192.0.2.1" } } });
    const session = `require("./providers/postgresql/session.ts").withSession(
      { run: async () => ({ code: 0, stdout: ${JSON.stringify(JSON.stringify([container]))} }),
        forward: (_host, _port, use) => use(Object.assign(new (require("node:stream").PassThrough)(), { _write: () => { console.log("asked"); process.exit(); } })) },
      { container: "c", superuser: "s", password: "p" }, "d", () => undefined)`;
    expect(run(`require("tsx/cjs"); ${session}`)).toBe("asked\n");
  });

  test("loads no SSH client and no database client to declare resources", () => {
    const program = `
      const { RemoteFile } = require("@vpai/providers");
      const pulumi = require("@pulumi/pulumi");
      (async () => {
        await pulumi.runtime.setMocks({ newResource: ({ name }) => ({ id: name, state: {} }), call: () => ({}) });
        const { urn } = new RemoteFile("x", { connection: {}, path: "/x", content: "", mode: "0644" });
        await new Promise((resolve) => urn.apply(resolve));
        const loaded = Object.keys(require.cache).flatMap((file) => /node_modules.(ssh2|pg)./.exec(file)?.[1] ?? []);
        console.log(JSON.stringify([...new Set(loaded)]));
      })();`;
    expect(JSON.parse(run(program))).toEqual([]);
  });
});
