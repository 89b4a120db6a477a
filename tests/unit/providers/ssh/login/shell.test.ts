import { writeFileSync } from "node:fs";
import net from "node:net";
import path from "node:path";
import { connect } from "../../../../../providers/ssh/login/client";
import { logInOver } from "../../../../../providers/ssh/login/login";
import { expectPlainShell, MARKER } from "../../../../../providers/ssh/login/shell";
import { SHELL_SECONDS } from "../../../../../providers/ssh/policy";
import { SshRefused } from "../../../../../providers/ssh/refusal";
import { Transport } from "../../../../../providers/ssh/transport";
import { SshServer } from "../../ssh-server";

let server: SshServer;

beforeEach(async () => {
  server = await SshServer.start();
});

afterEach(() => server.stop());

/** Lets the server log in by a shell of these lines. */
function shellOf(...lines: string[]): void {
  server.shell = path.join(path.dirname(server.connection.identityFile ?? ""), "shell");
  writeFileSync(server.shell, ["#!/bin/sh", ...lines, ""].join("\n"), { mode: 0o755 });
}

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
    'expected a login shell that runs commands as they are, found one that answers "" with exit code 1. Give the user a shell such as /bin/bash',
  );
});

test("a login shell that hangs is refused by name after a minute, and no command is sent to it", async () => {
  shellOf("exec sleep 60");
  expect(SHELL_SECONDS).toBe(60);
  const client = await logInOver(server.connection, () => net.connect(server.connection.port, "127.0.0.1"));
  const refused = expectPlainShell(client, "root@host:22", 0.3).finally(() => client.destroy());
  await expect(refused).rejects.toBeInstanceOf(SshRefused);
  await expect(refused).rejects.toThrow(
    "root@host:22: the login succeeded, and expected a login shell that runs commands, found one that has not answered the first one after 0.3 s. " +
      "Look on the host's console for what waits in the user's start-up files (sleep, tmux, a question), and let it do so in interactive shells only",
  );
});

test("S8: the first command has all that our commands contain and csh reads in its own way", () => {
  expect(MARKER).toBe("vpai:plain-shell\n!'\\\"$*\n");
});

test("S8: a shell that takes lines within quotes apart, as csh and tcsh do, is refused by its name", async () => {
  shellOf("case $2 in *'echo $SHELL') echo /bin/tcsh; exit;; esac", `echo "Unmatched '''." >&2; exit 1`);
  await expect(connect(server.connection, 60_000)).rejects.toThrow(
    `expected a login shell that runs commands as they are, found /bin/tcsh, which answers "Unmatched '''." with exit code 1. ` +
      "Give the user a shell such as /bin/bash (csh and tcsh cannot be used)",
  );
});
