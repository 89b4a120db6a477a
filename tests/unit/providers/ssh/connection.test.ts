import { execFileSync, spawn, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { utils } from "ssh2";
import { type Connection, sshOptions } from "../../../../providers/ssh/connection";
import { newKey, SshServer } from "../ssh-server";
import { withUserConfig } from "../user-config";

const KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl";
const CONNECTION: Connection = { host: "137.74.114.167", port: 804, user: "mobuone", hostKey: KEY };

/** Options by name, each `-o Name=value`. */
function byName(options: readonly string[]): Record<string, string> {
  const [file, none, ...rest] = options;
  expect([file, none]).toEqual(["-F", "none"]);
  const pairs = rest.filter((_option, index) => index % 2 === 1);
  expect(rest.filter((_option, index) => index % 2 === 0)).toEqual(pairs.map(() => "-o"));
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
    PreferredAuthentications: "publickey",
    IdentityFile: "none",
    ConnectTimeout: "15",
    ServerAliveInterval: "10",
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

test("S6: a pinned RSA key is asked for by SHA-2 signatures", () => {
  const { HostKeyAlgorithms } = byName(sshOptions({ ...CONNECTION, hostKey: "ssh-rsa AAAAB3NzaC1yc2E=" }));
  expect(HostKeyAlgorithms).toBe("rsa-sha2-512,rsa-sha2-256");
});

describe("under the worst config of a user", () => {
  const WORST = `
Host *
  ControlMaster auto
  ControlPath FOLDER/master
  ControlPersist 60
  StrictHostKeyChecking no
  UserKnownHostsFile /dev/null
  HostKeyAlias other
  NoHostAuthenticationForLocalhost yes
  VerifyHostKeyDNS yes
  RemoteCommand tmux attach
  RequestTTY force
  PermitLocalCommand yes
  LocalCommand echo local
  ForwardAgent yes
  ProxyCommand /bin/false
  Port 1
  HostName 192.0.2.1
  User nobody
`;
  let server: SshServer;

  beforeEach(async () => {
    server = await SshServer.start();
  });

  afterEach(() => server.stop());

  async function ssh(
    options: readonly string[],
    ...rest: string[]
  ): Promise<{ code: number; stdout: string; stderr: string }> {
    const { user, host, port } = server.connection;
    const child = spawn("ssh", [...options, "-p", String(port), ...rest, `${user}@${host}`, "printf in"], {
      env: process.env,
    });
    child.stdin.end();
    let [stdout, stderr] = ["", ""];
    child.stdout.on("data", (chunk: Buffer) => (stdout += chunk.toString()));
    child.stderr.on("data", (chunk: Buffer) => (stderr += chunk.toString()));
    const code = await new Promise<number>((resolve) => child.on("close", resolve));
    return { code, stdout, stderr };
  }

  test("S3: commands run, alone and as they are", async () => {
    await withUserConfig(WORST, async () => {
      expect(await ssh(sshOptions(server.connection))).toEqual({ code: 0, stdout: "in", stderr: "" });
    });
    expect(server.lines).toEqual(["printf in"]);
  });

  test("S2: an open master connection lets no wrong pinned key pass", async () => {
    await withUserConfig(WORST, async (folder) => {
      const own = ["-o", "ProxyCommand=none", "-o", "HostName=127.0.0.1", "-o", "RemoteCommand=none"];
      const key = ["-o", `IdentityFile=${server.connection.identityFile ?? ""}`, "-o", "RequestTTY=no"];
      const { user, host, port } = server.connection;
      const master = spawn("ssh", [...own, ...key, "-p", String(port), "-N", `${user}@${host}`], {
        stdio: "ignore",
        env: process.env,
      });
      try {
        const control = path.join(folder, "master");
        while (!existsSync(control)) await new Promise((resolve) => setTimeout(resolve, 20));
        const wrong = sshOptions({ ...server.connection, hostKey: (await newKey()).public.trim() });
        // Without our own -F the master would be used: that is the fault.
        expect(
          (await ssh([...wrong.slice(2), "-o", "ProxyCommand=none", "-o", "RemoteCommand=none"], "-T")).stdout,
        ).toBe("in");
        const refused = await ssh(wrong);
        expect([refused.code, refused.stdout]).toEqual([255, ""]);
        expect(refused.stderr).toContain("Host key verification failed");
      } finally {
        master.kill();
      }
    });
  });
});

test("S6: OpenSSH logs in to a host whose pinned key is an RSA key", async () => {
  const server = await SshServer.start(utils.generateKeyPairSync("rsa", { bits: 2048 }));
  const { user, host, port } = server.connection;
  const child = spawn("ssh", [...sshOptions(server.connection), "-p", String(port), `${user}@${host}`, "true"], {
    stdio: "ignore",
    env: process.env,
  });
  expect(await new Promise((resolve) => child.on("close", resolve))).toBe(0);
  await server.stop();
});

describe("S4: by a jump host, OpenSSH", () => {
  let server: SshServer;
  let jump: SshServer;

  beforeEach(async () => {
    [server, jump] = await Promise.all([SshServer.start(), SshServer.start()]);
  });

  afterEach(() => Promise.all([server.stop(), jump.stop()]));

  const login = async (connection: Connection): Promise<{ code: number | null; stderr: string }> => {
    const { user, host, port } = connection;
    const child = spawn("ssh", [...sshOptions(connection), "-p", String(port), `${user}@${host}`, "true"], {
      stdio: ["ignore", "ignore", "pipe"],
      env: process.env,
    });
    let stderr = "";
    child.stderr.on("data", (chunk: Buffer) => (stderr += chunk.toString()));
    return new Promise((resolve) => child.on("close", (code) => resolve({ code, stderr })));
  };

  test("logs in, whatever the user's own config says", async () => {
    await withUserConfig("Host *\n  ProxyJump bastion.invalid\n  StrictHostKeyChecking no\n", async () => {
      expect(await login({ ...server.connection, jump: jump.connection })).toEqual({ code: 0, stderr: "" });
    });
    expect([jump.streams, server.logins]).toEqual([[`127.0.0.1:${server.connection.port}`], 1]);
  });

  test("takes no other key of either", async () => {
    const hostKey = (await newKey()).public.trim();
    for (const connection of [
      { ...server.connection, hostKey, jump: jump.connection },
      { ...server.connection, jump: { ...jump.connection, hostKey } },
    ]) {
      const { code, stderr } = await login(connection);
      expect([code, stderr]).toEqual([255, expect.stringContaining("Host key verification failed")]);
    }
    expect(server.logins).toBe(0);
  });
});
