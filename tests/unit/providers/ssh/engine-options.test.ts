import { spawn } from "node:child_process";
import { existsSync, statSync } from "node:fs";
import net from "node:net";
import os from "node:os";
import path from "node:path";
import type { Connection } from "../../../../providers/ssh/connection";
import { engineOptions } from "../../../../providers/ssh/engine-options";
import { newKey, SshServer } from "../ssh-server";

let server: SshServer;
const masters: string[] = [];

beforeEach(async () => {
  server = await SshServer.start();
});

afterEach(async () => {
  for (const master of masters.splice(0)) await ssh(["-S", master, "-O", "exit", "-F", "none", "any"]);
  await server.stop();
});

const masterOf = (connection: Connection): string => {
  const option = engineOptions(connection).find((text) => text.startsWith("ControlPath=")) ?? "";
  return option.replace("ControlPath=~", os.userInfo().homedir);
};

async function ssh(args: readonly string[]): Promise<{ code: number | null; stdout: string; stderr: string }> {
  const child = spawn("ssh", args, { stdio: ["ignore", "pipe", "pipe"] });
  let [stdout, stderr] = ["", ""];
  child.stdout.on("data", (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => (stderr += chunk.toString()));
  // Streams that stay open would keep whoever started this waiting.
  return new Promise((resolve) => child.on("close", (code) => resolve({ code, stdout, stderr })));
}

/** As the Docker provider starts it. */
function run(connection: Connection, command: string): ReturnType<typeof ssh> {
  masters.push(masterOf(connection));
  const { user, host, port } = connection;
  return ssh([...engineOptions(connection), "-l", user, "-p", String(port), "-T", "--", host, command]);
}

test("S11: what follows a login shares it, by a socket that nobody else reaches", async () => {
  for (const word of ["a", "b", "c"]) {
    expect(await run(server.connection, `printf ${word}`)).toEqual({ code: 0, stdout: word, stderr: "" });
  }
  expect(server.logins).toBe(1);
  const master = masterOf(server.connection);
  expect(statSync(path.dirname(master)).mode & 0o777).toBe(0o700);
  expect(engineOptions(server.connection)).toContain("ControlPersist=15");
}, 30_000);

test("S2: an open master lets no wrong pinned key pass", async () => {
  expect((await run(server.connection, "true")).code).toBe(0);
  expect(existsSync(masterOf(server.connection))).toBe(true);
  const wrong = { ...server.connection, hostKey: (await newKey()).public.trim() };
  const { code, stderr } = await run(wrong, "true");
  expect([code, stderr]).toEqual([255, expect.stringContaining("Host key verification failed")]);
}, 30_000);

test("S9: what the server has no session for logs in by itself", async () => {
  server.maxSessions = 1;
  expect((await run(server.connection, "true")).code).toBe(0);
  const words = ["a", "b", "c"];
  const answers = await Promise.all(words.map((word) => run(server.connection, `sh -c 'sleep 1; printf ${word}'`)));
  expect(answers.map(({ code, stdout }) => [code, stdout])).toEqual(words.map((word) => [0, word]));
  expect(server.logins).toBe(3);
}, 30_000);

describe("T7: a server that ends connections before the login", () => {
  /** A port behind which the server is, once it has sent so many away. */
  async function turningAway(times: number): Promise<{ port: number; close: () => Promise<unknown> }> {
    const door = net.createServer((socket) => {
      socket.on("error", () => undefined);
      if ((times -= 1) >= 0) return void socket.end("Exceeded MaxStartups\r\n");
      socket.pipe(net.connect(server.connection.port, "127.0.0.1")).pipe(socket);
    });
    await new Promise<void>((resolve) => door.listen(0, "127.0.0.1", resolve));
    const { port } = door.address() as net.AddressInfo;
    return { port, close: () => new Promise((resolve) => door.close(resolve)) };
  }

  test("is tried again", async () => {
    const { port, close } = await turningAway(3);
    const { code, stdout } = await run({ ...server.connection, port }, "printf in");
    expect([code, stdout, server.logins]).toEqual([0, "in", 1]);
    await ssh(["-S", masters.pop() ?? "", "-O", "exit", "-F", "none", "any"]);
    await close();
  }, 30_000);

  test("and never lets us in is told with its reason", async () => {
    const { port, close } = await turningAway(1000);
    const connection = { ...server.connection, port };
    const { user, host } = connection;
    // The patience of 90 s, made short.
    const options = engineOptions(connection).map((option) => option.replace("'90000'", "'900'"));
    const { code, stderr } = await ssh([...options, "-l", user, "-p", String(port), "-T", "--", host, "true"]);
    expect([code, stderr]).toEqual([255, expect.stringContaining("SSH-unreachable Exceeded MaxStartups")]);
    await close();
  }, 30_000);
});

test("S4: by a jump host, tried again as well", async () => {
  const jump = await SshServer.start();
  const connection = { ...server.connection, jump: jump.connection };
  expect(await run(connection, "printf in")).toEqual({ code: 0, stdout: "in", stderr: "" });
  expect(jump.streams).toEqual([`127.0.0.1:${server.connection.port}`]);
  await ssh(["-S", masters.pop() ?? "", "-O", "exit", "-F", "none", "any"]);
  await jump.stop();
}, 30_000);
