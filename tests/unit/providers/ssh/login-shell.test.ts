import { connect } from "../../../../providers/ssh/client";
import { SshRefused } from "../../../../providers/ssh/refusal";
import { Transport } from "../../../../providers/ssh/transport";
import { SshServer } from "../ssh-server";

let server: SshServer;

beforeEach(async () => {
  server = await SshServer.start();
});

afterEach(() => server.stop());

test("S7: what a login shell prints of its own is refused at the login, by name and at once", async () => {
  server.noise = "Welcome to sese-ai\n";
  const started = Date.now();
  const refused = connect(server.connection, 60_000);
  await expect(refused).rejects.toBeInstanceOf(SshRefused);
  await expect(refused).rejects.toThrow(
    `root@127.0.0.1:${server.connection.port}: the login shell prints "Welcome to sese-ai" beside every command's answer`,
  );
  await expect(refused).rejects.toThrow(
    "Let the user's .bashrc, .zshenv or config.fish there print in interactive shells only",
  );
  expect(Date.now() - started).toBeLessThan(5000);
});

test("S7: so no command is given an answer with foreign text in it, at a refresh neither", async () => {
  server.noise = "Welcome\n";
  await expect(new Transport(server.connection).output(["stat", "-c", "%U", "/"])).rejects.toThrow(
    "the login shell prints",
  );
  expect(server.commands).toEqual([]);
});

test("S7: a login shell that runs no commands is refused with what it says", async () => {
  server.shell = "/bin/false";
  await expect(connect(server.connection, 60_000)).rejects.toThrow(
    'expected a login shell that runs commands, found one that answers "" with exit code 1. Give the user a shell such as /bin/bash',
  );
});
