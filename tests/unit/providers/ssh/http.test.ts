import { createServer, type Server } from "node:http";
import net from "node:net";
import { z } from "zod";
import fc from "fast-check";
import { requestContainer } from "../../../../providers/docker/http";
import { exchange } from "../../../../providers/ssh/http";
import { JsonApi } from "../../../../providers/docker/json-api";
import { Transport } from "../../../../providers/ssh/transport";
import { HttpContainer } from "../http-container";

let container: HttpContainer;
let host: Transport;

beforeAll(async () => {
  container = await HttpContainer.start("vpai_x");
  host = new Transport(container.connection);
});

afterAll(() => container.stop());

beforeEach(() => container.forget());

const server = (): { container: string; port: number } => ({ container: "vpai_x", port: container.port });

test("a request reaches the container through the host's one connection, and its answer comes back", async () => {
  container.reply = () => ({ status: 207, body: { some: "thing" } });
  const asked = { method: "POST", path: "/a?b=c", headers: { "x-key": "k" }, body: '"é"' };
  expect(await requestContainer(host, server(), asked)).toMatchObject({ status: 207, body: '{"some":"thing"}' });
  expect(container.requests).toMatchObject([
    { method: "POST", path: "/a?b=c", headers: { "x-key": "k", host: `vpai_x:${container.port}` }, body: "é" },
  ]);
  expect(container.ssh.logins).toBe(1);
});

test("requests take none of the sessions that sshd counts: many at once all get their own answer", async () => {
  container.reply = ({ path }) => ({ status: 200, body: path });
  const api = new JsonApi(host, server(), {});
  const paths = Array.from({ length: 60 }, (_, index) => `/${index}`);
  expect(await Promise.all(paths.map((path) => api.call("GET", path)))).toEqual(paths);
});

test("a value arrives as it is, whatever it contains, and is part of no command", async () => {
  container.reply = ({ body }) => ({ status: 200, body });
  const api = new JsonApi(host, server(), {});
  container.ssh.lines.length = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.json().map((text) => JSON.parse(text) as unknown),
      async (value) => {
        expect(await api.call("PUT", "/", { body: { value } })).toEqual({ value });
      },
    ),
    { numRuns: 40 },
  );
  expect(new Set(container.ssh.lines)).toEqual(
    new Set([
      `/bin/sh -c 'export LC_ALL=C.UTF-8 LANGUAGE=C; exec "$@"' vpai 'docker' 'container' 'inspect' '--' 'vpai_x'`,
    ]),
  );
});

test("an unexpected status is an error that quotes the answer, and nothing that was sent", async () => {
  container.reply = () => ({ status: 401, body: { message: "who are you?" } });
  const api = new JsonApi(host, server(), { authorization: "Bearer s3cret" });
  const failing = api.call("POST", "/key", { body: { key: "s3cret" }, missing: true });
  await expect(failing).rejects.toThrow(
    /vpai_x on root@127.0.0.1: expected POST \/key to succeed, found 401: \{"message":"who are you\?"\}/,
  );
  await expect(failing).rejects.not.toThrow("s3cret");
});

test("what is missing is no value where that is allowed, and an error elsewhere", async () => {
  container.reply = () => ({ status: 404 });
  const api = new JsonApi(host, server(), {});
  expect(await api.call("GET", "/x", { missing: true })).toBeUndefined();
  await expect(api.call("GET", "/x")).rejects.toThrow(/found 404/);
});

test.each([
  [{ id: 7, key: "s3cret" }, " with a text in id, found a number there"],
  [undefined, " as an object, found nothing"],
  [["s3cret"], " as an object, found a list"],
])("an answer of another form is told by its place, and not quoted: %j", async (body, found) => {
  container.reply = () => ({ status: 200, ...(body === undefined ? {} : { body }) });
  const asked = new JsonApi(host, server(), {}).call("GET", "/x", { answer: z.object({ id: z.string() }) });
  await expect(asked).rejects.toThrow(
    new Error(
      `expected an answer of vpai_x on root@127.0.0.1 to GET /x${found}: compare the version of the program that gave it with the one that is pinned here`,
    ),
  );
});

test("a container that is not there is named", async () => {
  await expect(requestContainer(host, { container: "vpai_y", port: 1 }, { method: "GET", path: "/" })).rejects.toThrow(
    "expected a running container vpai_y with an address, found none",
  );
});

test("a program that accepts and says nothing is given up", async () => {
  const silent: Server = createServer(() => undefined);
  await new Promise<void>((resolve) => silent.listen(0, "127.0.0.1", resolve));
  const stream = net.connect((silent.address() as net.AddressInfo).port, "127.0.0.1");
  await expect(exchange(stream, { method: "GET", path: "/slow", timeout: 0.05 })).rejects.toThrow(
    "expected an answer to GET /slow within 0.05 s, found none",
  );
  expect(stream.destroyed).toBe(true);
  await new Promise<void>((resolve) => silent.close(() => resolve()));
});

test("one in a container, too, and the container and what was asked are named", async () => {
  const silent = net.createServer((socket) => setTimeout(() => socket.destroy(), 1000));
  await new Promise<void>((resolve) => silent.listen(0, "127.0.0.1", resolve));
  const { port } = silent.address() as net.AddressInfo;
  const asked = { method: "POST", path: "/slow", body: "{}", timeout: 0.2 };
  await expect(requestContainer(host, { container: "vpai_x", port }, asked)).rejects.toThrow(
    "vpai_x on root@127.0.0.1: expected an answer to POST /slow within 0.2 s, found none",
  );
  await new Promise<void>((resolve) => silent.close(() => resolve()));
});
