import net from "node:net";
import { utils } from "ssh2";
import { connect } from "../../../../../providers/ssh/login/client";
import { SshRefused } from "../../../../../providers/ssh/refusal";
import { newKey, SshServer } from "../../ssh-server";
import { withUserConfig } from "../../user-config";

let server: SshServer | undefined;
const listeners: net.Server[] = [];

afterEach(async () => {
  for (const listener of listeners.splice(0)) await new Promise((resolve) => listener.close(resolve));
  await server?.stop();
  server = undefined;
});

/** A port where `greet` meets everybody who connects. */
async function listen(greet: (socket: net.Socket) => void): Promise<number> {
  const listener = net.createServer(greet).listen(0, "127.0.0.1");
  listeners.push(listener);
  await new Promise((resolve) => listener.once("listening", resolve));
  return (listener.address() as net.AddressInfo).port;
}

describe("S1: a server that resets the connection before its banner", () => {
  const reset = (socket: net.Socket): void => void setTimeout(() => socket.resetAndDestroy(), 100);

  test("is tried again for the whole patience, and every error of the library is caught", async () => {
    server = await SshServer.start();
    let calls = 0;
    const port = await listen((socket) => (calls++, socket.on("error", () => undefined), reset(socket)));
    const started = Date.now();
    await expect(connect({ ...server.connection, port }, 5000)).rejects.toThrow(
      /^root@127\.0\.0\.1:\d+: cannot connect over SSH: (read ECONNRESET|Connection lost before handshake); too many logins are under way there \(MaxStartups in its sshd_config\), it bans/,
    );
    expect(calls).toBeGreaterThanOrEqual(3);
    expect(Date.now() - started).toBeGreaterThanOrEqual(1500);
  });

  test("and lets us in later is logged in to", async () => {
    server = await SshServer.start();
    const behind = server.connection.port;
    let calls = 0;
    const port = await listen((socket) => {
      socket.on("error", () => undefined);
      calls += 1;
      if (calls <= 2) reset(socket);
      else socket.pipe(net.connect(behind, "127.0.0.1")).pipe(socket);
    });
    const client = await connect({ ...server.connection, port }, 20_000);
    client.end();
    expect([calls, server.logins]).toEqual([3, 1]);
  });
});

describe("S6: a pinned RSA key", () => {
  const rsaKey = (): { private: string; public: string } => utils.generateKeyPairSync("rsa", { bits: 2048 });

  test("is proved with SHA-2", async () => {
    server = await SshServer.start(rsaKey());
    expect(server.connection.hostKey).toMatch(/^ssh-rsa /);
    const client = await connect(server.connection, 0);
    client.end();
  });

  test("that is another one is refused at once", async () => {
    server = await SshServer.start(rsaKey());
    const connection = { ...server.connection, hostKey: rsaKey().public.trim() };
    await expect(connect(connection, 60_000)).rejects.toThrow("the host key is not the pinned one");
  });
});

test("S6: a pinned key of a type that the host does not have is refused at once", async () => {
  server = await SshServer.start(utils.generateKeyPairSync("rsa", { bits: 2048 }));
  const connection = { ...server.connection, hostKey: (await newKey()).public.trim() };
  const refused = connect(connection, 60_000);
  await expect(refused).rejects.toBeInstanceOf(SshRefused);
  await expect(refused).rejects.toThrow(
    "expected a host that proves the pinned key (ssh-ed25519), found one that does",
  );
});

describe("S4: a host that the user's config reaches by a jump host", () => {
  test("is refused at once by name when it is out of direct reach", async () => {
    server = await SshServer.start();
    await withUserConfig("Host *.invalid\n  ProxyJump bastion.example\n", async () => {
      const away = connect({ ...server!.connection, host: "host.invalid" }, 60_000);
      await expect(away).rejects.toThrow(
        /Your OpenSSH config goes there by "ProxyJump bastion\.example", but no SSH config is read here\. Name the jump host in the stack's config: `jump` of the host's machine/,
      );
    });
  });

  test("is logged in to when it answers directly", async () => {
    server = await SshServer.start();
    await withUserConfig("Host *\n  ProxyJump bastion.example\n", async () => {
      (await connect(server!.connection, 0)).end();
    });
  });
});

test("T8: the reason that a server gives in place of its version is told", async () => {
  server = await SshServer.start();
  const port = await listen(
    (socket) => (socket.on("error", () => undefined), socket.resume().end("Exceeded MaxStartups\r\n")),
  );
  await expect(connect({ ...server.connection, port }, 0)).rejects.toThrow(
    /, and the server said "Exceeded MaxStartups"; too many logins are under way there \(MaxStartups in its sshd_config\)/,
  );
});

describe("S4: a host behind a jump host", () => {
  let jump: SshServer;

  beforeEach(async () => {
    [server, jump] = await Promise.all([SshServer.start(), SshServer.start()]);
  });

  afterEach(() => jump.stop());

  test("is logged in to by way of it, and both are left at the end", async () => {
    const { port } = server!.connection;
    const client = await connect({ ...server!.connection, jump: jump.connection }, 0);
    expect([jump.streams, jump.logins, server!.logins]).toEqual([[`127.0.0.1:${port}`], 1, 1]);
    const ended = new Promise<void>((resolve) => client.on("close", () => resolve()));
    jump.cut();
    await ended;
  });

  test("is waited for while the jump host cannot reach it yet", async () => {
    let calls = 0;
    const behind = server!.connection.port;
    const port = await listen((socket) => {
      socket.on("error", () => undefined);
      calls += 1;
      if (calls <= 2) socket.destroy();
      else socket.pipe(net.connect(behind, "127.0.0.1")).pipe(socket);
    });
    (await connect({ ...server!.connection, port, jump: jump.connection }, 20_000)).end();
    expect([calls, jump.logins]).toEqual([3, 3]);
  });

  test.each(["jump host", "host"])(
    "is refused at once when the %s shows another key than the pinned one",
    async (which) => {
      const hostKey = (await newKey()).public.trim();
      const connection =
        which === "host"
          ? { ...server!.connection, hostKey, jump: jump.connection }
          : { ...server!.connection, jump: { ...jump.connection, hostKey } };
      const { port } = (which === "host" ? server! : jump).connection;
      const refused = connect(connection, 60_000);
      await expect(refused).rejects.toBeInstanceOf(SshRefused);
      await expect(refused).rejects.toThrow(`root@127.0.0.1:${port}: the host key is not the pinned one`);
      expect(server!.logins).toBe(0);
    },
  );

  test("is refused at once, by the setting's name, when the jump host forwards no streams", async () => {
    jump.forwards = false;
    const refused = connect({ ...server!.connection, jump: jump.connection }, 60_000);
    await expect(refused).rejects.toBeInstanceOf(SshRefused);
    await expect(refused).rejects.toThrow(
      /^jump host root@127\.0\.0\.1:\d+: expected an SSH server that forwards TCP streams, .* Set `AllowTcpForwarding yes`/,
    );
  });
});
