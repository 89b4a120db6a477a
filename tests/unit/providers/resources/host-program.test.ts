import "../without-sdk";
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  appendFileSync,
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import os from "node:os";
import path from "node:path";
import {
  type HostProgramInputs,
  hostProgramKind,
  type HostProgramState,
} from "../../../../providers/resources/host-program";
import { SshServer } from "../ssh-server";

/** Programs are installed for real, from a web server of the test; the host is this machine. */

const TEXT = "#!/bin/sh\necho hello\n";
const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex");

let server: SshServer;
let web: Server;
let asked: number;
let served: string;
let folder: string;
let inputs: HostProgramInputs;

beforeAll(async () => {
  server = await SshServer.start();
  web = createServer((_request, response) => {
    asked += 1;
    response.end(served);
  });
  await new Promise<void>((resolve) => web.listen(0, "127.0.0.1", resolve));
});
afterAll(async () => {
  web.closeAllConnections();
  await new Promise((resolve) => web.close(resolve));
  await server.stop();
});

beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), "host-program-"));
  served = TEXT;
  asked = 0;
  inputs = {
    connection: server.connection,
    folder: path.join(folder, "hello"),
    release: "1.0",
    source: {
      kind: "download",
      url: `http://127.0.0.1:${(web.address() as AddressInfo).port}/hello`,
      sha256: sha256(TEXT),
      unpack: false,
      file: "bin/hello",
    },
    commands: {},
    use: "runtime",
    content: "as installed",
  };
  mkdirSync(inputs.folder, { recursive: true });
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const file = (): string => path.join(inputs.folder, "1.0", "bin", "hello");
const versions = (): string[] => readdirSync(inputs.folder).filter((name) => !name.startsWith("."));
const ensure = (before?: HostProgramState): Promise<HostProgramState> => hostProgramKind.ensure(inputs, before);

test("a download with the right checksum can be run, and is what it was when it is looked at", async () => {
  const state = await ensure();
  expect([readFileSync(file(), "utf8"), (statSync(file()).mode & 0o777).toString(8)]).toEqual([TEXT, "755"]);
  expect(await hostProgramKind.observe(state)).toEqual(state);
});

test("one with another content is refused, and nothing of it is left", async () => {
  served = `${TEXT}more`;
  await expect(ensure()).rejects.toThrow(
    `expected SHA-256 ${sha256(TEXT)} of ${"url" in inputs.source ? inputs.source.url : ""}, found ${sha256(served)}`,
  );
  expect(readdirSync(inputs.folder)).toEqual([]);
});

test("what is installed already is adopted without asking again; the moment of before stays", async () => {
  const first = await ensure();
  expect(await ensure(first)).toEqual(first);
  // A state that was lost, as of an up that was killed.
  expect((await ensure()).digest).toBe(first.digest);
  expect(asked).toBe(1);
});

test("another version comes beside the one before", async () => {
  const first = await ensure();
  inputs = { ...inputs, release: "2.0" };
  await ensure(first);
  expect(versions()).toEqual(["1.0", "2.0", "current"]);
});

describe("a program for those who log in", () => {
  const NAME = `vpai-test-${process.pid}`;
  const command = `/usr/local/bin/${NAME}`;
  const leadsTo = (): string => execFileSync(command, { encoding: "utf8" }).trim();
  const useVersion = (release: string): void => {
    served = `#!/bin/sh\necho ${release}\n`;
    inputs = { ...inputs, release, source: { ...inputs.source, sha256: sha256(served) } as typeof inputs.source };
  };
  beforeEach(() => {
    inputs = { ...inputs, use: "tool", commands: { [NAME]: "bin/hello" } };
    useVersion("1.0");
  });
  afterEach(() => rmSync(command, { force: true }));

  test("is a command, and is what it was when it is looked at", async () => {
    const state = await ensure();
    expect(leadsTo()).toBe("1.0");
    expect(await hostProgramKind.observe(state)).toEqual(state);
  });

  test("in another version is the same command; the version before stays, older ones go", async () => {
    let state = await ensure();
    for (const version of ["2.0", "3.0"]) {
      useVersion(version);
      state = await ensure(state);
      expect(leadsTo()).toBe(version);
    }
    expect(versions()).toEqual(["2.0", "3.0", "current"]);
    // What is put right is no other version.
    await ensure(state);
    expect(versions()).toEqual(["2.0", "3.0", "current"]);
  });

  test.each([
    ["a command that was removed", () => rmSync(command), { commands: {} }],
    [
      "another version that was put in use",
      () => {
        rmSync(path.join(inputs.folder, "current"));
        symlinkSync("other", path.join(inputs.folder, "current"));
      },
      { content: "not in use" },
    ],
  ])("%s is seen, and put right", async (_what, spoil, seen) => {
    const state = await ensure();
    spoil();
    const found = (await hostProgramKind.observe(state)) as HostProgramState;
    expect(found).toMatchObject(seen);
    expect(await ensure(found)).toEqual(state);
    expect(leadsTo()).toBe("1.0");
  });

  test("a command that it no longer has goes, and so do all with the program", async () => {
    const other = `${NAME}-other`;
    inputs = { ...inputs, commands: { [NAME]: "bin/hello", [other]: "bin/hello" } };
    const before = await ensure();
    inputs = { ...inputs, commands: { [other]: "bin/hello" } };
    const state = await ensure(before);
    expect([existsSync(command), existsSync(`/usr/local/bin/${other}`)]).toEqual([false, true]);
    await hostProgramKind.remove(state);
    expect(existsSync(`/usr/local/bin/${other}`)).toBe(false);
  });

  test("takes no command's place that is a file", async () => {
    writeFileSync(command, "somebody's");
    await expect(ensure()).rejects.toThrow(`expected a link of ours or nothing at ${command}, found a file`);
    expect(readFileSync(command, "utf8")).toBe("somebody's");
  });

  test("that a unit runs is put in use by the unit alone", async () => {
    inputs = { ...inputs, use: "unit" };
    const state = await ensure();
    expect(versions()).toEqual(["1.0"]);
    expect(readlinkSync(command)).toBe(path.join(inputs.folder, "current", "bin", "hello"));
    expect(await hostProgramKind.observe(state)).toEqual(state);
  });
});

describe("a package as npm's registry publishes it", () => {
  const NAME = "@one/hello-linux-x64";

  /** An archive as npm packs it, and its checksum as the registry has it. */
  function packed(text: string): { archive: Buffer; integrity: string } {
    const made = mkdtempSync(path.join(folder, "package-"));
    mkdirSync(path.join(made, "package", "bin"), { recursive: true });
    writeFileSync(path.join(made, "package", "package.json"), JSON.stringify({ name: NAME, version: "1.0.0" }));
    writeFileSync(path.join(made, "package", "bin", "hello"), text, { mode: 0o755 });
    const archive = execFileSync("tar", ["--create", "--gzip", "--directory", made, "package"]);
    return { archive, integrity: `sha512-${createHash("sha512").update(archive).digest("base64")}` };
  }

  /** A registry with that archive, and a folder whose npm is set to it. */
  async function registry(archive: Buffer): Promise<{ bin: string; stop: () => void }> {
    const published = createServer((request, response) => {
      const address = `http://${request.headers.host}`;
      const version = { name: NAME, version: "1.0.0", dist: { tarball: `${address}/hello.tgz` } };
      const told = JSON.stringify({ name: NAME, "dist-tags": { latest: "1.0.0" }, versions: { "1.0.0": version } });
      response.end(request.url === "/hello.tgz" ? archive : told);
    });
    await new Promise<void>((resolve) => published.listen(0, "127.0.0.1", resolve));
    const bin = mkdtempSync(path.join(folder, "bin-"));
    const npm = execFileSync("which", ["npm"], { encoding: "utf8" }).trim();
    const set = `npm_config_registry=http://127.0.0.1:${(published.address() as AddressInfo).port}`;
    writeFileSync(path.join(bin, "npm"), `#!/bin/sh\nexec env ${set} '${npm}' "$@"\n`, { mode: 0o755 });
    const stop = (): void => {
      published.closeAllConnections();
      published.close();
    };
    return { bin, stop };
  }

  test("is its content, and refused when it is not what its checksum says", async () => {
    const { archive, integrity } = packed(TEXT);
    const { bin, stop } = await registry(archive);
    try {
      const source = { kind: "npm-package", package: `${NAME}@1.0.0`, integrity, path: bin } as const;
      inputs = { ...inputs, release: "1.0", source };
      await ensure();
      expect(execFileSync(file(), { encoding: "utf8" })).toBe("hello\n");
      expect(readdirSync(path.join(inputs.folder, "1.0")).sort()).toEqual(["bin", "package.json"]);
      inputs = { ...inputs, release: "2.0", source: { ...source, integrity: packed("another").integrity } };
      await expect(ensure()).rejects.toThrow(/expected SHA-512 [0-9a-f]{128} of @one\/hello-linux-x64@1\.0\.0, found /);
      expect(versions()).toEqual(["1.0", "current"]);
    } finally {
      stop();
    }
  });
});

test.each([
  ["another content", () => appendFileSync(file(), "echo more\n")],
  ["another file", () => writeFileSync(path.join(inputs.folder, "1.0", "bin", "other"), "")],
  ["a file that cannot be run any more", () => chmodSync(file(), 0o644)],
])("%s is seen, and put right at another moment", async (_what, spoil) => {
  const first = await ensure();
  spoil();
  const seen = (await hostProgramKind.observe(first)) as HostProgramState;
  expect(seen.content).toBe("changed by hand");
  await new Promise((resolve) => setTimeout(resolve, 5));
  const mended = await ensure(seen);
  expect(mended).toMatchObject({ digest: first.digest, content: "as installed" });
  expect(mended.installedAt > first.installedAt).toBe(true);
  expect(await hostProgramKind.observe(mended)).toEqual(mended);
});

test("an installation that was cut short is done again", async () => {
  mkdirSync(path.join(inputs.folder, ".new", "bin"), { recursive: true });
  mkdirSync(path.join(inputs.folder, "1.0"));
  await ensure();
  expect([readFileSync(file(), "utf8"), existsSync(path.join(inputs.folder, ".new"))]).toEqual([TEXT, false]);
});

test("removed, nothing is left; what is gone is not there", async () => {
  const state = await ensure();
  await hostProgramKind.remove(state);
  expect(existsSync(inputs.folder)).toBe(false);
  expect(await hostProgramKind.observe(state)).toBeUndefined();
  await hostProgramKind.remove(state);
});
