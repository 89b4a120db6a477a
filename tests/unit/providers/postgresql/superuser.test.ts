import { sessions } from "../refusing-session";
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import type { Server } from "../../../../providers/postgresql/session";
import { verifies } from "../../../../providers/postgresql/scram";
import { asSuperuser } from "../../../../providers/postgresql/superuser";
import { Transport } from "../../../../providers/ssh/transport";
import { SshServer } from "../ssh-server";

/** A server that refuses every password until one is set from inside of its container. */

const SERVER: Server = { container: "vpai_postgresql", superuser: 'post"gres', password: `new 'one' $x :y` };

let ssh: SshServer;
let folder: string;
const search = process.env["PATH"];
const said = (): string => path.join(folder, "stdin");

beforeAll(async () => {
  ssh = await SshServer.start();
});
afterAll(() => ssh.stop());

beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), "superuser-"));
  const docker = `#!/bin/sh\nprintf '%s\\n' "$@" >>${folder}/arguments\nsleep 0.2\ncat >>${said()}\n`;
  writeFileSync(path.join(folder, "docker"), docker);
  chmodSync(path.join(folder, "docker"), 0o755);
  process.env["PATH"] = `${folder}:${search}`;
  sessions.refusal = () => (existsSync(said()) ? undefined : { code: "28P01" });
});

afterEach(() => {
  process.env["PATH"] = search;
  rmSync(folder, { recursive: true });
});

const ask = (): Promise<string> => asSuperuser(new Transport(ssh.connection), SERVER, async () => "done");

test("C1: a password that was changed since the data was made is set first, by its verifier, for all at once", async () => {
  expect(await Promise.all([ask(), ask(), ask()])).toEqual(["done", "done", "done"]);
  expect(readFileSync(path.join(folder, "arguments"), "utf8").split("\n")).toEqual([
    ...["exec", "-i", "--", "vpai_postgresql", "psql", "--quiet", "--no-psqlrc", "--set", "ON_ERROR_STOP=1"],
    ...["--username", 'post"gres', "--dbname", "postgres", ""],
  ]);
  const [, verifier = ""] = /^ALTER ROLE "post""gres" PASSWORD '([^']+)';\n$/.exec(readFileSync(said(), "utf8")) ?? [];
  expect(verifies(verifier, `new 'one' $x :y`)).toBe(true);
});

test("one that is right, and any other refusal, changes nothing", async () => {
  sessions.refusal = () => undefined;
  expect(await ask()).toBe("done");
  sessions.refusal = () => ({ code: "57P03" });
  await expect(ask()).rejects.toMatchObject({ code: "57P03" });
  expect(existsSync(said())).toBe(false);
});
