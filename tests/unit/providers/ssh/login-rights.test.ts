import { expectEngineFor, expectRoot } from "../../../../providers/ssh/login-rights";
import { Transport } from "../../../../providers/ssh/transport";
import { SshServer } from "../ssh-server";

let server: SshServer;
let host: Transport;

beforeAll(async () => {
  server = await SshServer.start();
  host = new Transport({ ...server.connection, user: "mobuone" });
});

afterAll(() => server.stop());

const failWith = (stderr: string, code = 1): void => void (server.respond = () => ({ code, stdout: "", stderr }));

test.each([
  [
    "sudo: a password is required\n",
    "sudo: a password is required. Put `mobuone ALL=(ALL) NOPASSWD: ALL` into a file of /etc/sudoers.d/ there.",
  ],
  [
    "sudo: sorry, you must have a tty to run sudo\n",
    "sudo: sorry, you must have a tty to run sudo. Take `requiretty` away there: `Defaults:mobuone !requiretty` in /etc/sudoers.d/.",
  ],
  ["vpai: 1: exec: sudo: not found\n", "vpai: 1: exec: sudo: not found. Install sudo on the host, or log in as root."],
  ["", "exit code 1. Look at the user's rules in sudoers."],
])("S10: sudo that says %j is named at once", async (stderr, rest) => {
  failWith(stderr);
  await expect(expectRoot(host)).rejects.toThrow(
    `mobuone@127.0.0.1: expected a login user that becomes root by sudo, without a password, found: ${rest}`,
  );
});

test("S10: a user outside the group docker is named, with the command that lets it in", async () => {
  failWith("permission denied while trying to connect to the Docker daemon socket\n");
  await expect(expectEngineFor(host)).rejects.toThrow(
    "mobuone@127.0.0.1: expected a login user that reaches the Docker engine, found: permission denied while trying to connect to the Docker daemon socket. " +
      "Put the user into the group docker on the host: `usermod --append --groups docker mobuone`.",
  );
  expect(server.commands.at(-1)).toEqual(["sudo", "-n", "--", "runuser", "-u", "mobuone", "--", "docker", "version"]);
});

test("S10: root needs neither", async () => {
  failWith("no");
  const root = new Transport(server.connection);
  await expect(expectRoot(root)).resolves.toBeUndefined();
  await expect(expectEngineFor(root)).resolves.toBeUndefined();
});
