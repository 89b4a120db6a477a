import { request, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { Containers } from "../../../../../../platforms/vpai/services/starter/program/engine";
import { starterServer } from "../../../../../../platforms/vpai/services/starter/program/server";
import { Starter } from "../../../../../../platforms/vpai/services/starter/program/starter";

const TOKEN = "canary-of-starterToken";

/** An engine whose containers become healthy at the second look, but for what is in `sick`. */
class Engine implements Containers {
  readonly orders: string[] = [];
  readonly running = new Set<string>();
  readonly sick = new Set<string>();
  private readonly looks = new Map<string, number>();

  start(service: string): Promise<void> {
    this.orders.push(`start ${service}`);
    this.running.add(service);
    return Promise.resolve();
  }

  stop(service: string): Promise<void> {
    this.orders.push(`stop ${service}`);
    this.running.delete(service);
    this.looks.delete(service);
    return Promise.resolve();
  }

  look(service: string): Promise<{ running: boolean; healthy: boolean }> {
    const running = this.running.has(service);
    const count = running ? (this.looks.get(service) ?? 0) + 1 : 0;
    this.looks.set(service, count);
    return Promise.resolve({ running, healthy: running && count > 1 && !this.sick.has(service) });
  }
}

let engine: Engine;
let server: Server;

beforeEach(async () => {
  engine = new Engine();
  const starter = new Starter({ cutter: ["store", "cutter"] }, engine, { seconds: 0.05, every: 0.01 });
  server = starterServer(starter, TOKEN);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
});
afterEach(() => new Promise((resolve) => server.close(resolve)));

function ask(method: string, path: string, authorization?: string): Promise<{ status: number; json: unknown }> {
  const { port } = server.address() as AddressInfo;
  const headers = authorization === undefined ? {} : { authorization };
  return new Promise((resolve, reject) => {
    const asked = request({ host: "127.0.0.1", port, method, path, headers, agent: false }, (response) => {
      let text = "";
      response.on("data", (part: Buffer) => (text += part.toString()));
      response.on("end", () => resolve({ status: response.statusCode ?? 0, json: JSON.parse(text) as unknown }));
    });
    asked.on("error", reject);
    asked.end();
  });
}

const BEARER = `Bearer ${TOKEN}`;

test("a service starts after what it needs, each once the one before is healthy", async () => {
  const answer = await ask("POST", "/services/cutter/start", BEARER);
  expect(answer).toEqual({ status: 200, json: { service: "cutter", running: true, healthy: true } });
  expect(engine.orders).toEqual(["start store", "start cutter"]);
});

test("it stops before what it needed", async () => {
  await ask("POST", "/services/cutter/start", BEARER);
  const answer = await ask("POST", "/services/cutter/stop", BEARER);
  expect(answer).toEqual({ status: 200, json: { service: "cutter", running: false, healthy: false } });
  expect(engine.orders.slice(2)).toEqual(["stop cutter", "stop store"]);
});

test("what does not become healthy is said, and what needs it is not started", async () => {
  engine.sick.add("store");
  const said = jest.spyOn(console, "error").mockImplementation();
  const answer = await ask("POST", "/services/cutter/start", BEARER);
  expect(answer).toEqual({
    status: 502,
    json: { error: "expected store to become healthy within 0.05 s, found it is not" },
  });
  expect(engine.orders).toEqual(["start store"]);
  said.mockRestore();
});

test("orders are carried out one after another", async () => {
  await Promise.all([ask("POST", "/services/cutter/start", BEARER), ask("POST", "/services/cutter/stop", BEARER)]);
  const order = [...engine.orders].join(", ");
  expect([
    "start store, start cutter, stop cutter, stop store",
    "stop cutter, stop store, start store, start cutter",
  ]).toContain(order);
});

test.each([undefined, "", "Bearer ", "Bearer canary", TOKEN, `Basic ${TOKEN}`, `Bearer ${TOKEN}x`])(
  "%j opens nothing",
  async (authorization) => {
    for (const [method, path] of [
      ["POST", "/services/cutter/start"],
      ["GET", "/services/cutter"],
      ["GET", "/"],
    ] as const)
      expect((await ask(method, path, authorization)).status).toBe(401);
    expect(engine.orders).toEqual([]);
  },
);

test.each([
  ["GET", "/services/store", 404],
  ["POST", "/services/store/start", 404],
  ["POST", "/services/__proto__/start", 404],
  ["POST", "/services/cutter/restart", 404],
  ["GET", "/services/cutter/start", 405],
  ["POST", "/services/cutter", 405],
  ["POST", "/containers/cutter/start", 404],
])("%s %s is %i, and starts nothing", async (method, path, status) => {
  expect((await ask(method, path, BEARER)).status).toBe(status);
  expect(engine.orders).toEqual([]);
});

test("its health asks for no token", async () => {
  expect(await ask("GET", "/health")).toEqual({ status: 200, json: { status: "ok" } });
});
