import net from "node:net";
import { connect } from "../../../../providers/ssh/login/client";
import { keepAlive } from "../../../../providers/ssh/keepalive";
import { SshServer } from "../ssh-server";

let server: SshServer;
let proxy: net.Server;
/** Whether the network between us and the server drops everything, silently. */
let dropping = false;

beforeEach(async () => {
  dropping = false;
  server = await SshServer.start();
  proxy = net.createServer((near) => {
    const far = net.connect(server.connection.port, "127.0.0.1");
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      from.on("data", (chunk) => void (dropping || to.write(chunk)));
      from.on("close", () => to.destroy());
      from.on("error", () => undefined);
    }
  });
  await new Promise<void>((resolve) => proxy.listen(0, "127.0.0.1", resolve));
});

afterEach(async () => {
  await server.stop();
  await new Promise((resolve) => proxy.close(resolve));
});

test("T6: a silently dropped network is noticed, while an idle connection over a sound one goes on", async () => {
  const client = await connect({ ...server.connection, port: (proxy.address() as net.AddressInfo).port }, 0);
  let lost = 0;
  keepAlive(client, () => (lost += 1) && client.destroy(), { seconds: 0.05, unanswered: 4 });
  await new Promise((resolve) => setTimeout(resolve, 600));
  expect(lost).toBe(0);
  dropping = true;
  const started = Date.now();
  await new Promise<void>((resolve) => client.once("close", () => resolve()));
  expect(lost).toBe(1);
  expect(Date.now() - started).toBeGreaterThanOrEqual(150);
  expect(Date.now() - started).toBeLessThan(3000);
});
