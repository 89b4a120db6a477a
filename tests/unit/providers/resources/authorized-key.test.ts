import { spawnSync } from "node:child_process";
import { lineOf } from "../../../../providers/resources/authorized-key";

const key = {
  user: "root",
  comment: "offsite@seko-vpn",
  publicKey: "ssh-ed25519 AAAA",
  command: ["/bin/bash", "/opt/vpai/configs/backup-x/backup.sh", "/opt/vpai", "vpai_", "-", "serve"],
};

/** The command of a line, as sshd reads it. */
const commandIn = (line: string): string =>
  (/^restrict,command="((?:[^"\\]|\\.)*)" /.exec(line)?.[1] ?? "").replaceAll('\\"', '"');

test("the key is good for the one command, and for nothing else that SSH does", () => {
  expect(lineOf(key)).toMatch(/^restrict,command="exec .*" ssh-ed25519 AAAA offsite@seko-vpn$/);
});

test("a user who is not root becomes it for that command", () => {
  expect(commandIn(lineOf({ ...key, user: "mobuone" }))).toMatch(/^exec 'sudo' '-n' '\/bin\/bash' /);
});

test.each(["list", "get x; rm -rf /", "$(id)", "`id`", "'\"", "a  b", ""])(
  "what is asked for, %j, is one argument",
  (asked) => {
    const command = commandIn(lineOf({ ...key, command: ["printf", "[%s]", 'it\'s "quoted" \\n $HOME'] }));
    const { stdout } = spawnSync("sh", ["-c", command], {
      env: { ...process.env, SSH_ORIGINAL_COMMAND: asked },
      encoding: "utf8",
    });
    expect(stdout).toBe(`[it's "quoted" \\n $HOME][${asked}]`);
  },
);
