import { spawn } from "node:child_process";
import net from "node:net";
import path from "node:path";
import { writeFileSync } from "node:fs";
import { connect } from "../../../../providers/ssh/login/client";
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
    writeFileSync(identityFile, (await newKey()).private, { mode: 0o600 });
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

describe("S9: a server with few sessions", () => {
  test.each([1, 2])("of %d runs every command, on one connection", async (most) => {
    server.maxSessions = most;
    const asked = Array.from({ length: 10 }, (_, index) => String(index));
    const answers = await Promise.all(asked.map((text) => host.output(["sh", "-c", 'sleep 0.05; printf "$0"', text])));
    expect(answers).toEqual(asked);
    expect(server.logins).toBe(1);
  });

  test("is named by its setting when it gives none", async () => {
    await host.run(["true"]);
    server.maxSessions = 0;
    await expect(host.run(["true"])).rejects.toThrow(
      "root@127.0.0.1: expected an SSH server that gives a connection at least one session, found none. Set `MaxSessions` to 10",
    );
  }, 20_000);
});

describe("S9: a stream", () => {
  const stream = (port: number): Promise<void> => host.forward("127.0.0.1", port, () => Promise.resolve());

  test("that the server forbids is named by the setting", async () => {
    server.forwards = false;
    await expect(stream(server.connection.port)).rejects.toThrow(
      /^root@127\.0\.0\.1: expected an SSH server that forwards TCP streams, .*`AllowTcpForwarding yes`/,
    );
  });

  test("to a port that nobody listens on is told apart from that", async () => {
    await expect(stream(1)).rejects.toMatchObject({ isTargetClosed: true, isForbidden: false });
  });
});

test("T7: a command that has not begun is asked for again while its connections break", async () => {
  // Bytes of the server after which each connection is reset: in its version, and in the key exchange.
  const resets = [5, 100, 400, 900];
  const proxy = net.createServer((socket) => {
    const behind = net.connect(server.connection.port, "127.0.0.1");
    for (const end of [socket, behind]) end.on("error", () => undefined);
    socket.pipe(behind);
    let left = resets.shift() ?? Infinity;
    behind.on("data", (chunk: Buffer) => {
      socket.write(chunk.subarray(0, left));
      left -= chunk.length;
      if (left <= 0) socket.resetAndDestroy();
    });
    socket.on("close", () => behind.destroy());
  });
  await new Promise<void>((resolve) => proxy.listen(0, "127.0.0.1", resolve));
  const { port } = proxy.address() as net.AddressInfo;
  const through = new Transport({ ...server.connection, port }, 30_000);
  expect(await through.output(["printf", "in"])).toBe("in");
  expect([server.commands, resets]).toEqual([[["printf", "in"]], []]);
  through.close();
  await new Promise((resolve) => proxy.close(resolve));
}, 40_000);

test("T9: a command that only reads runs once more when its connection is lost meanwhile", async () => {
  let looks = 0;
  server.respond = () => {
    if ((looks += 1) > 1) return { code: 0, stdout: "seen", stderr: "" };
    server.cut();
    return undefined;
  };
  expect(await host.output(["sleep", "0.3"], { reads: true })).toBe("seen");
  expect([looks, server.logins]).toEqual([2, 2]);
});

test("what fails because its connection broke says so, whatever it looked like from within", async () => {
  server.respond = () => void setTimeout(() => server.cut(), 50);
  const talk = host.exchange(["sleep", "30"], async (channel) => {
    await new Promise<void>((resolve) => channel.resume().once("close", () => resolve()));
    throw new Error("socket hang up");
  });
  await expect(talk).rejects.toThrow("the SSH connection was lost meanwhile (socket hang up)");
});

test("S4: another jump host is another way to the host", async () => {
  const jump = { ...server.connection };
  const by = transportTo({ ...server.connection, jump });
  expect(by).not.toBe(transportTo({ ...server.connection }));
  expect(by).toBe(transportTo({ ...server.connection, jump: { ...jump } }));
});
