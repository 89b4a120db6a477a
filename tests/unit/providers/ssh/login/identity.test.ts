import { execFileSync, spawn } from "node:child_process";
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { credentialsOf } from "../../../../../providers/ssh/login/identity";
import { SshRefused } from "../../../../../providers/ssh/refusal";
import { Transport } from "../../../../../providers/ssh/transport";
import { sshOptions } from "../../../../../providers/ssh/connection";
import { SshServer } from "../../ssh-server";

let folder: string;
let server: SshServer;
let key: string;
let stopAgent: () => void;
const before = process.env["SSH_AUTH_SOCK"];

/** An SSH agent of this test's own, empty. */
async function startAgent(socket: string): Promise<() => void> {
  const agent = spawn("ssh-agent", ["-D", "-a", socket], { stdio: "ignore" });
  while (!existsSync(socket)) await new Promise((resolve) => setTimeout(resolve, 20));
  return () => void agent.kill();
}

const keygen = (...args: string[]): string => execFileSync("ssh-keygen", ["-q", ...args], { encoding: "utf8" });
const keyAt = (name: string, passphrase: string, ...args: string[]): string => {
  const file = path.join(folder, name);
  keygen("-t", "ed25519", "-N", passphrase, "-C", "", ...args, "-f", file);
  return file;
};
const load = (file: string): void => void execFileSync("ssh-add", ["-q", file], { stdio: "ignore", env: process.env });

beforeEach(async () => {
  folder = mkdtempSync(path.join(os.tmpdir(), "identity-"));
  server = await SshServer.start();
  key = server.connection.identityFile ?? "";
  const socket = path.join(folder, "agent");
  stopAgent = await startAgent(socket);
  process.env["SSH_AUTH_SOCK"] = socket;
});

afterEach(async () => {
  if (before === undefined) delete process.env["SSH_AUTH_SOCK"];
  else process.env["SSH_AUTH_SOCK"] = before;
  stopAgent();
  await server.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** The server's key with a passphrase: the agent holds it, the file alone does not help. */
function protect(...format: string[]): void {
  writeFileSync(`${key}.pub`, keygen("-y", "-f", key));
  load(key);
  keygen("-p", "-P", "", "-N", "secret phrase", ...format, "-f", key);
}

/** Both clients, one after the other. */
async function logIn(connection = server.connection): Promise<void> {
  expect(await new Transport(connection, 0).output(["printf", "in"])).toBe("in");
  const { user, host, port } = connection;
  const args = [...sshOptions(connection), "-p", String(port), `${user}@${host}`, "printf in"];
  const child = spawn("ssh", args, { stdio: ["ignore", "pipe", "inherit"], env: process.env });
  let said = "";
  child.stdout.on("data", (chunk: Buffer) => (said += chunk.toString()));
  expect([await new Promise((resolve) => child.on("close", resolve)), said]).toEqual([0, "in"]);
}

const refusal = async (identityFile: string): Promise<string> => {
  const reason = await credentialsOf({ ...server.connection, identityFile }).then(
    () => undefined,
    (error: Error) => error,
  );
  expect(reason).toBeInstanceOf(SshRefused);
  return reason?.message ?? "";
};

describe("S5: the agent is asked, by both clients, for", () => {
  test("a key that is protected by a passphrase", async () => {
    for (let others = 0; others < 7; others += 1) load(keyAt(`other${others}`, ""));
    protect();
    rmSync(`${key}.pub`);
    await logIn();
  });

  test("the key of a .pub file", async () => {
    writeFileSync(`${folder}/mine.pub`, keygen("-y", "-f", key));
    load(key);
    await logIn({ ...server.connection, identityFile: `${folder}/mine.pub` });
  });

  test("a protected key's file that others may read: nobody needs its private part", async () => {
    protect();
    chmodSync(key, 0o644);
    await logIn();
  });

  test("any key, where no file is configured", async () => {
    load(key);
    const { host, port, user, hostKey } = server.connection;
    await logIn({ host, port, user, hostKey });
  });
});

describe("S5: refused at once, with what to do:", () => {
  test("a protected key that the agent does not hold", async () => {
    const file = keyAt("locked", "secret phrase");
    expect(await refusal(file)).toBe(
      `the SSH key ${file} is protected by a passphrase, and the SSH agent does not hold it; ` +
        `load it with \`ssh-add ${file}\` (or from the hardware that holds it), or set identityFile to a private key without a passphrase`,
    );
  });

  test("a public key without an agent", async () => {
    delete process.env["SSH_AUTH_SOCK"];
    const file = keyAt("locked", "");
    expect(await refusal(`${file}.pub`)).toMatch(
      /^the SSH key .*\/locked\.pub is a public key, and no SSH agent runs that could hold it \(SSH_AUTH_SOCK is not set\); load it with `ssh-add \S+\/locked`/,
    );
  });

  test("an agent that is gone", async () => {
    stopAgent();
    process.env["SSH_AUTH_SOCK"] = path.join(folder, "nobody");
    expect(await refusal(`${keyAt("locked", "")}.pub`)).toContain("(SSH_AUTH_SOCK) does not answer");
  });

  test("an old format's protected key, whose public part is nowhere", async () => {
    const file = path.join(folder, "old");
    execFileSync("ssh-keygen", ["-q", "-t", "rsa", "-b", "2048", "-m", "PEM", "-N", "secret phrase", "-f", file]);
    const blob = readFileSync(`${file}.pub`, "utf8").split(" ")[1] ?? "";
    expect(blob).toMatch(/^AAAA/);
    expect(await refusal(file)).toContain("does not hold it; load it with");
    rmSync(`${file}.pub`);
    expect(await refusal(file)).toContain(`write it with \`ssh-keygen -y -f ${file} > ${file}.pub\``);
  });

  test.each([
    [0o644, "0644"],
    [0o660, "0660"],
    [0o604, "0604"],
  ])("a private key of ours that others may read, with mode %o", async (mode, shown) => {
    chmodSync(key, mode);
    expect(await refusal(key)).toBe(
      `the SSH key ${key} cannot be used: expected a file that its owner alone may read, found mode ${shown}, ` +
        `which OpenSSH refuses; run \`chmod 600 ${key}\``,
    );
  });

  test.each(["PuTTY-User-Key-File-2: ssh-ed25519", "PuTTY-User-Key-File-3: ssh-rsa"])(
    "a key of PuTTY's: %s",
    async (line) => {
      const file = path.join(folder, "mine.ppk");
      writeFileSync(file, `${line}\r\nEncryption: none\r\nComment: mine\r\n`, { mode: 0o600 });
      expect(await refusal(file)).toBe(
        `the SSH key ${file} cannot be used: expected a key in OpenSSH's format, found one in PuTTY's; ` +
          `convert it with \`puttygen ${file} -O private-openssh -o ${file}.openssh\`, and set identityFile to that`,
      );
    },
  );

  test("a file that is no key", async () => {
    const file = path.join(folder, "text");
    writeFileSync(file, "hello\n");
    expect(await refusal(file)).toMatch(/cannot be used \(.*\): expected an Ed25519, ECDSA or RSA key/);
  });

  test("the public part of a security key", async () => {
    const file = path.join(folder, "sk.pub");
    writeFileSync(file, "sk-ssh-ed25519@openssh.com AAAAGnNrLXNzaC1lZDI1NTE5QG9wZW5zc2guY29tAAAAIA==\n");
    expect(await refusal(file)).toContain("keys of security keys (sk-…) are not supported");
  });
});

test("S5: a key file that belongs to somebody else is taken as it is, as OpenSSH does", async () => {
  chmodSync(key, 0o644);
  const uid = jest.spyOn(process, "getuid").mockReturnValue(4_000_000);
  try {
    expect(await credentialsOf(server.connection)).toEqual({ privateKey: readFileSync(key) });
  } finally {
    uid.mockRestore();
  }
});
