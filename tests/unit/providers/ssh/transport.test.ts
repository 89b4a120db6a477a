import { spawn } from "node:child_process";
import net from "node:net";
import path from "node:path";
import { writeFileSync } from "node:fs";
import { connect } from "../../../../providers/ssh/client";
import { CommandError, Transport, transportTo } from "../../../../providers/ssh/transport";
import { newKey, SshServer } from "../ssh-server";
import { projectRoot } from "../../../../toolchain/environment";

let server: SshServer;
let host: Transport;

beforeEach(async () => {
  server = await SshServer.start();
  host = new Transport(server.connection);
});

afterEach(() => server.stop());

const LOADER = path.join(projectRoot, "toolchain/loader/register.cjs");

const NASTY = `quotes ' " \`id\` $HOME \\ %s {{x}} é 漢 🦆\nline two\r\n\ttab`;

describe("commands", () => {
  test("give their exit code, output and errors", async () => {
    const answer = await host.run(["sh", "-c", "echo out; echo err >&2; exit 3"]);
    expect(answer).toEqual({ code: 3, stdout: "out\n", stderr: "err\n" });
  });

  test("get their arguments and their input byte for byte", async () => {
    const input = NASTY.repeat(3000);
    expect(await host.output(["printf", "%s", NASTY])).toBe(NASTY);
    expect(await host.output(["cat"], { stdin: input })).toBe(input);
    expect(await host.output(["cat"])).toBe("");
  });

  test("run as root: by themselves for root, by sudo for everybody else", async () => {
    server.respond = () => ({ code: 0, stdout: "", stderr: "" });
    await host.run(["id", "-u"]);
    await new Transport({ ...server.connection, user: "mobuone" }).run(["id", "-u"]);
    expect(server.commands).toEqual([
      ["id", "-u"],
      ["sudo", "-n", "--", "id", "-u"],
    ]);
  });

  test("a script gets values as arguments, never as part of its text", async () => {
    expect(await host.script('printf "%s|" "$@"', ["a b", "$(id)", ""])).toBe("a b|$(id)||");
    expect(server.commands).toEqual([["sh", "-c", 'printf "%s|" "$@"', "vpai", "a b", "$(id)", ""]]);
  });

  test("that fail where success was expected say where, what, the code and the last words, but no input", async () => {
    const failing = host.output(["sh", "-c", "cat >/dev/null; echo no such thing >&2; exit 7"], { stdin: "s3cret" });
    await expect(failing).rejects.toThrow("root@127.0.0.1: sh -c exited with 7: no such thing");
    await expect(failing).rejects.toBeInstanceOf(CommandError);
    await expect(failing).rejects.not.toThrow("s3cret");
    await expect(host.output(["false"])).rejects.toThrow("false  exited with 1: it printed nothing");
  });

  test("that are ended by a signal are no success", async () => {
    expect((await host.run(["sh", "-c", "kill -KILL $$"])).code).toBe(128);
  });

  test("that are quick lose no output", async () => {
    server.respond = (argv) => ({ code: 0, stdout: argv.at(-1) ?? "", stderr: "e" });
    const asked = Array.from({ length: 150 }, (_, index) => `answer ${index}`);
    const answers = await Promise.all(asked.map((text) => host.run(["echo", text])));
    expect(answers).toEqual(asked.map((stdout) => ({ code: 0, stdout, stderr: "e" })));
    // One connection for all, and half of sshd's MaxSessions of 10 at most.
    expect(server.logins).toBe(1);
    expect(server.mostAtOnce).toBeLessThanOrEqual(5);
    expect(server.mostAtOnce).toBeGreaterThan(1);
  });

  test("all resources of a process share a host's transport, other hosts have others", async () => {
    const same = transportTo({ ...server.connection });
    expect(same).toBe(transportTo({ ...server.connection }));
    expect(transportTo({ ...server.connection, hostKey: (await newKey()).public })).not.toBe(same);
    expect(transportTo({ ...server.connection, user: "other" })).not.toBe(same);
  });
});

describe("logins that must fail do so at once", () => {
  const refusal = async (connection: typeof server.connection): Promise<string> => {
    const started = Date.now();
    const error = await new Transport(connection).run(["true"]).then(
      () => undefined,
      (reason: Error) => reason,
    );
    expect(Date.now() - started).toBeLessThan(5000);
    expect(server.commands).toEqual([]);
    return error?.message ?? "";
  };

  test("another host key: what was expected, what was found, what to do", async () => {
    const pinned = (await newKey()).public.trim();
    const message = await refusal({ ...server.connection, hostKey: pinned });
    expect(message).toContain(`root@127.0.0.1:${server.connection.port}: the host key is not the pinned one`);
    expect(message).toContain(`expected ${pinned}`);
    expect(message).toContain(`found ${server.connection.hostKey}`);
    expect(message).toMatch(/verify its new key on its console and change hostKey/);
  });

  test("no pinned host key at all", async () => {
    expect(await refusal({ ...server.connection, hostKey: "" })).toMatch(/no host key is pinned/);
  });

  test("a key that the host does not know", async () => {
    const identityFile = `${server.connection.identityFile ?? ""}-other`;
    writeFileSync(identityFile, (await newKey()).private);
    expect(await refusal({ ...server.connection, identityFile })).toContain(
      "the login was refused; the host does not know our key",
    );
  });

  test("a key file that is not there", async () => {
    const message = await refusal({ ...server.connection, identityFile: "/nowhere/key" });
    expect(message).toMatch(/the SSH key \/nowhere\/key cannot be read .*check identityFile/);
  });

  test("neither a key file nor an agent", async () => {
    const agent = process.env["SSH_AUTH_SOCK"];
    delete process.env["SSH_AUTH_SOCK"];
    try {
      const { host: address, port, user, hostKey } = server.connection;
      expect(await refusal({ host: address, port, user, hostKey })).toMatch(
        /no identityFile is configured and no SSH agent runs/,
      );
    } finally {
      if (agent !== undefined) process.env["SSH_AUTH_SOCK"] = agent;
    }
  });
});

describe("a connection that breaks", () => {
  test("during a command is an error, and the next command connects anew", async () => {
    await host.run(["true"]);
    const interrupted = host.run(["sleep", "30"]);
    setTimeout(() => server.cut(), 100);
    await expect(interrupted).rejects.toThrow(/SSH connection was lost/);
    expect(await host.output(["echo", "back"])).toBe("back\n");
    expect(server.logins).toBe(2);
  });

  test("while nothing runs goes unnoticed", async () => {
    await host.run(["true"]);
    server.cut();
    expect(await host.output(["echo", "back"])).toBe("back\n");
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(await host.output(["echo", "again"])).toBe("again\n");
  });
});

test("a connection that is cut during the login is followed by another one", async () => {
  server.cutLogins = 2;
  expect(await host.output(["printf", "x"])).toBe("x");
  expect([server.cutLogins, server.logins]).toEqual([0, 1]);
});

describe("a host that does not answer", () => {
  /** A port of this machine that nobody listens on. */
  const freePort = async (): Promise<number> => {
    const probe = net.createServer().listen(0, "127.0.0.1");
    await new Promise((resolve) => probe.once("listening", resolve));
    const { port } = probe.address() as net.AddressInfo;
    await new Promise((resolve) => probe.close(resolve));
    return port;
  };

  test("is waited for until patience ends, then named", async () => {
    const port = await freePort();
    const started = Date.now();
    await expect(connect({ ...server.connection, port }, 700)).rejects.toThrow(
      `root@127.0.0.1:${port}: cannot connect over SSH: connect ECONNREFUSED`,
    );
    expect(Date.now() - started).toBeGreaterThanOrEqual(250);
    expect(Date.now() - started).toBeLessThan(5000);
  });

  test("but boots meanwhile is logged in to", async () => {
    const port = await freePort();
    const late = net.createServer((socket) => {
      socket.pipe(net.connect(server.connection.port, "127.0.0.1")).pipe(socket);
    });
    setTimeout(() => late.listen(port, "127.0.0.1"), 300);
    const client = await connect({ ...server.connection, port }, 10_000);
    client.end();
    await new Promise<void>((resolve) => late.close(() => resolve()));
    expect(server.logins).toBe(1);
  });
});

test("a process with an idle connection ends by itself", async () => {
  const program = `
    const { Transport } = require(${JSON.stringify(path.join(projectRoot, "providers/ssh/transport.ts"))});
    new Transport(${JSON.stringify(server.connection)}).run(["sh", "-c", "sleep 0.2; echo done"]).then(({ stdout }) => process.stdout.write(stdout));
  `;
  const child = spawn(process.execPath, ["--require", LOADER, "--eval", program], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  let printed = "";
  child.stdout.on("data", (chunk: Buffer) => (printed += chunk.toString()));
  const code = await new Promise((resolve) => {
    const stuck = setTimeout(() => child.kill("SIGKILL"), 10_000);
    child.once("close", (status) => (clearTimeout(stuck), resolve(status)));
  });
  expect([code, printed]).toEqual([0, "done\n"]);
}, 15_000);
