import net from "node:net";
import { reach } from "../../../../providers/ssh/reach";
import { SshServer } from "../ssh-server";

let server: SshServer;
beforeAll(async () => {
  server = await SshServer.start();
});
afterAll(() => server.stop());

test("a host that lets us in", async () => {
  expect(await reach(server.connection, 10)).toEqual({ outcome: "reached", answer: "" });
});

test("a host that is asked something by the way", async () => {
  server.respond = () => ({ code: 0, stdout: "yes\n", stderr: "" });
  server.commands.length = 0;
  expect(await reach(server.connection, 10, ["asked", "for"])).toEqual({ outcome: "reached", answer: "yes\n" });
  expect(server.commands).toEqual([["asked", "for"]]);
});

test("a host that answers and refuses us is not away", async () => {
  const other = await SshServer.start();
  const { hostKey } = other.connection;
  await other.stop();
  expect(await reach({ ...server.connection, hostKey }, 10)).toMatchObject({ outcome: "refused" });
});

test("a port where nobody listens", async () => {
  const began = Date.now();
  expect(await reach({ ...server.connection, port: 1 }, 1)).toMatchObject({ outcome: "away" });
  expect(Date.now() - began).toBeLessThan(3000);
});

test("a host that takes connections and says nothing", async () => {
  const sockets: net.Socket[] = [];
  const silent = net.createServer((socket) => void sockets.push(socket)).listen(0, "127.0.0.1");
  await new Promise((resolve) => silent.once("listening", resolve));
  const { port } = silent.address() as net.AddressInfo;
  const began = Date.now();
  const why = `root@127.0.0.1:${port} did not let us in within 1 s`;
  expect(await reach({ ...server.connection, port }, 1)).toEqual({ outcome: "away", why });
  expect(Date.now() - began).toBeLessThan(3000);
  for (const socket of sockets) socket.destroy();
  await new Promise((resolve) => silent.close(resolve));
});
