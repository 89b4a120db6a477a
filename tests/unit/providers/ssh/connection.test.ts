import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import fc from "fast-check";
import { type Connection, keyBlob, keyType, sshOptions } from "../../../../providers/ssh/connection";

const KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl";
const CONNECTION: Connection = { host: "137.74.114.167", port: 804, user: "mobuone", hostKey: KEY };

/** Options by name, each `-o Name=value`. */
function byName(options: readonly string[]): Record<string, string> {
  const pairs = options.filter((_option, index) => index % 2 === 1);
  expect(options.filter((_option, index) => index % 2 === 0)).toEqual(pairs.map(() => "-o"));
  return Object.fromEntries(pairs.map((pair) => [pair.slice(0, pair.indexOf("=")), pair.slice(pair.indexOf("=") + 1)]));
}

test("ssh trusts the pinned key and nothing else", () => {
  expect(byName(sshOptions(CONNECTION))).toEqual({
    StrictHostKeyChecking: "yes",
    UserKnownHostsFile: "/dev/null",
    GlobalKnownHostsFile: "/dev/null",
    KnownHostsCommand: `/bin/echo [137.74.114.167]:804 ${KEY}`,
    HostKeyAlgorithms: "ssh-ed25519",
    BatchMode: "yes",
    ConnectTimeout: "15",
    ServerAliveInterval: "15",
    ServerAliveCountMax: "4",
    LogLevel: "ERROR",
  });
});

test("a host on port 22 is known by its name alone, as OpenSSH looks it up", () => {
  const { KnownHostsCommand } = byName(sshOptions({ ...CONNECTION, port: 22 }));
  expect(KnownHostsCommand).toBe(`/bin/echo 137.74.114.167 ${KEY}`);
});

test("with an identity file no other key is offered", () => {
  const options = byName(sshOptions({ ...CONNECTION, identityFile: "~/.ssh/seko-vpn-deploy" }));
  expect(options).toMatchObject({ IdentityFile: "~/.ssh/seko-vpn-deploy", IdentitiesOnly: "yes" });
  expect(byName(sshOptions(CONNECTION))).not.toHaveProperty("IdentitiesOnly");
});

test("OpenSSH itself takes the options as they are meant", () => {
  const arguments_ = [
    "-G",
    ...sshOptions({ ...CONNECTION, identityFile: "~/k e%h" }),
    "-p",
    "804",
    "mobuone@137.74.114.167",
  ];
  const settings = execFileSync("ssh", arguments_, { encoding: "utf8" }).split("\n");
  expect(settings).toEqual(
    expect.arrayContaining([
      "stricthostkeychecking true",
      "userknownhostsfile /dev/null",
      "globalknownhostsfile /dev/null",
      `knownhostscommand /bin/echo [137.74.114.167]:804 ${KEY}`,
      "hostkeyalgorithms ssh-ed25519",
      "identityfile ~/k e%%h",
      "identitiesonly yes",
      "batchmode yes",
    ]),
  );
});

test("known_hosts of the pinned key is one line that ssh-keygen finds under the host's name", () => {
  const folder = mkdtempSync(path.join(os.tmpdir(), "known-hosts-"));
  const file = path.join(folder, "known_hosts");
  for (const port of [22, 804]) {
    const { KnownHostsCommand = "" } = byName(sshOptions({ ...CONNECTION, port }));
    const [program = "", ...words] = KnownHostsCommand.split(" ");
    writeFileSync(file, execFileSync(program, words, { encoding: "utf8" }));
    const name = port === 22 ? "137.74.114.167" : "[137.74.114.167]:804";
    const found = spawnSync("ssh-keygen", ["-F", name, "-f", file], { encoding: "utf8" });
    expect([found.status, found.stdout.includes(KEY)]).toEqual([0, true]);
  }
  rmSync(folder, { recursive: true });
});

test("type and blob of a key, whatever surrounds them", () => {
  fc.assert(
    fc.property(
      fc.constantFrom("ssh-ed25519", "ssh-rsa", "ecdsa-sha2-nistp256"),
      fc.base64String({ minLength: 4 }),
      fc.constantFrom("", " ", "\n", " host key\n"),
      (type, blob, after) => {
        expect([keyType(` ${type} ${blob}${after}`), keyBlob(` ${type}  ${blob}${after}`)]).toEqual([type, blob]);
      },
    ),
  );
  expect([keyType(""), keyBlob("ssh-ed25519")]).toEqual(["", ""]);
});
