import "../../quick-keepalive";
import { once } from "node:events";
import net from "node:net";
import { connect } from "../../../../../providers/ssh/login/client";
import { SshRefused } from "../../../../../providers/ssh/refusal";
import { SshServer } from "../../ssh-server";

let server: SshServer;
let proxy: net.Server;
const sockets: net.Socket[] = [];

beforeEach(async () => {
  server = await SshServer.start();
  proxy = net.createServer((near) => {
    const far = net.connect(server.connection.port, "127.0.0.1");
    sockets.push(near, far);
    for (const socket of [near, far]) socket.on("error", () => undefined);
    near.pipe(far);
    // From the first command on, nothing comes back.
    far.on("data", (chunk: Buffer) => void (server.sessions > 0 || near.write(chunk)));
  });
  await once(proxy.listen(0, "127.0.0.1"), "listening");
});

afterEach(async () => {
  for (const socket of sockets) socket.destroy();
  proxy.close();
  await server.stop();
});

test("a network that is silent while the login shell starts is lost, not a shell that hangs", async () => {
  const failing = connect({ ...server.connection, port: (proxy.address() as net.AddressInfo).port }, 0);
  await expect(failing).rejects.toThrow("the SSH connection was lost");
  await expect(failing).rejects.not.toBeInstanceOf(SshRefused);
});
