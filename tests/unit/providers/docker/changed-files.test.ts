import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { type OnChange, takeOnChangedFiles } from "../../../../providers/docker/changed-files";
import { CommandError, Transport } from "../../../../providers/ssh/transport";
import { SshServer } from "../ssh-server";

/** Files are looked for on this machine; what Docker is asked to do is noted. */
const STARTED = "2026-02-26T12:00:00.123456789Z";
let server: SshServer;
let folder: string;
let asked: string[][];
let code: number;
let state: { Status: string; StartedAt: string };

beforeAll(async () => {
  server = await SshServer.start();
  server.respond = (argv) => {
    if (argv[0] !== "docker") return undefined;
    if (argv[2] === "inspect") return { code: 0, stdout: JSON.stringify([{ State: state }]), stderr: "" };
    asked.push(argv);
    return { code, stdout: "", stderr: "" };
  };
});

afterAll(() => server.stop());

beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), "changed-"));
  asked = [];
  code = 0;
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** A file that was written some seconds after the container started. */
function file(seconds: number, ...parts: string[]): void {
  const target = path.join(folder, ...parts);
  mkdirSync(path.dirname(target), { recursive: true });
  writeFileSync(target, "");
  const moment = new Date(Date.parse("2026-02-26T12:00:00Z") + seconds * 1000);
  utimesSync(target, moment, moment);
}

const files = () => ({
  revision: "1",
  folders: ["configs", "secrets"].map((kind) => path.join(folder, kind, "redis")),
});
const restart = (): OnChange => ({ restart: { ...files(), timeout: 25 } });

/** What Docker is asked to do for a container of that state. */
async function takenOn(onChange: OnChange, Status = "running"): Promise<string[][]> {
  state = { Status, StartedAt: STARTED };
  await takeOnChangedFiles(new Transport(server.connection), "c0ffee", onChange);
  return asked;
}

test("a container that started after its files were written is left alone", async () => {
  file(-5, "configs", "redis", "redis.conf");
  file(-5, "secrets", "redis", "users.acl");
  expect(await takenOn(restart())).toEqual([]);
});

test.each(["configs", "secrets"])("a newer file in %s restarts the service, with its time to stop", async (kind) => {
  file(5, kind, "redis", "deep", "file");
  expect(await takenOn(restart())).toEqual([["docker", "restart", "--time", "25", "c0ffee"]]);
});

test("a program that can reads its files again instead, by a command that arrives as it is", async () => {
  file(5, "configs", "redis", "redis.conf");
  const command = ["tell", "two words", "$HOME", "it's", "*"];
  expect(await takenOn({ reload: { ...files(), command } })).toEqual([["docker", "exec", "c0ffee", ...command]]);
});

test("another service's files are none of its business, nor are those of one that reads none", async () => {
  file(5, "configs", "caddy", "Caddyfile");
  expect(await takenOn(restart())).toEqual([]);
  file(5, "configs", "redis", "redis.conf");
  expect(await takenOn({})).toEqual([]);
});

test("what does not run reads its files when it starts", async () => {
  file(5, "configs", "redis", "redis.conf");
  expect(await takenOn(restart(), "exited")).toEqual([]);
});

test("a failed action is a failure", async () => {
  code = 4;
  file(5, "configs", "redis", "redis.conf");
  await expect(takenOn(restart())).rejects.toThrow(CommandError);
});
