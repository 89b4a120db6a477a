import { failureOf } from "../../../../providers/ssh/failure";
import type { Answer } from "../../../../providers/ssh/transport";
import { ScriptedHost } from "../scripted-host";

/** What a failed command is said to mean, on a host whose full disks are those. */
async function meaningOf(answer: Partial<Answer>, disks = ""): Promise<string> {
  const host = new ScriptedHost(() => disks);
  const error = await failureOf(host, ["sh", "-c"], { code: 1, stdout: "", stderr: "", ...answer });
  return error.message.replace(`${host.name}: `, "");
}

test.each([
  ["cp: error writing '/etc/ssh/x': No space left on device\n"],
  ["E: Write error - write (28: No space left on device)\nE: IO Error saving source cache\n"],
  ["E: You don't have enough free space in /var/cache/apt/archives/.\n"],
  ["sh: 4: cannot create /opt/x/full: Disk quota exceeded\n"],
])("a full disk is named, whoever met it: %j", async (stderr) => {
  expect(await meaningOf({ stderr }, "/opt (0 MiB and 812 inodes free)\n/srv (90 MiB and 0 inodes free)\n")).toBe(
    "expected room on its disks for what is to be changed, found /opt (0 MiB and 812 inodes free) and /srv (90 MiB and 0 inodes free): " +
      "free some (`df -h /opt`, `df -i /opt`) or enlarge the disk, then run up again",
  );
});

test("a disk that was full and is no longer is said, too", async () => {
  expect(await meaningOf({ stderr: "tar: x: Cannot write: No space left on device" })).toBe(
    "expected room on its disks for what is to be changed, found none for a moment: free some (`df -h`, `df -i`) or enlarge the disk, then run up again",
  );
});

test.each([
  ["sudo: a password is required\n", /found: sudo: a password is required\. Put `.+ ALL=\(ALL\) NOPASSWD: ALL` into/],
  [
    "mobuone is not in the sudoers file.\n",
    /found: mobuone is not in the sudoers file\.\. Put `.+ ALL=\(ALL\) NOPASSWD: ALL` into/,
  ],
  ["sh: 1: sudo: not found\n", /found: sh: 1: sudo: not found\. Install sudo on the host, or log in as root\.$/],
])("a login that does not become root is named: %j", async (stderr, said) => {
  expect(await meaningOf({ stderr })).toMatch(said);
});

test("every other failure has the command, its code and its words", async () => {
  expect(await meaningOf({ code: 7, stderr: "sudo: unable to resolve host x\nno such thing\n" })).toBe(
    "sh -c exited with 7: sudo: unable to resolve host x\nno such thing",
  );
});
