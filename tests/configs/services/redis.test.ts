import redis from "../../../platforms/vpai/services/redis";
import { contextWith } from "../../context";
import { ServiceContainer } from "./service-container";

jest.setTimeout(1_200_000);

const PASSWORD = `it's "quoted" $HOME \`id\` %s é`;
const container = new ServiceContainer(redis, contextWith({ runs: [redis] }), "redis");

beforeAll(() => container.start({ "users.acl": PASSWORD }, "/data"));
afterAll(() => container.remove());

/** What redis-cli prints for commands of one connection. */
const ask = (...commands: string[]): string[] =>
  container
    .run(["redis-cli"], commands.join("\n"))
    .stdout.split("\n")
    .filter((line) => line !== "");

const login = `AUTH default ${JSON.stringify(PASSWORD)}`;

test("Redis runs with its files: settings of the configuration, not of the image", () => {
  expect(
    ask(login, "CONFIG GET maxmemory", "CONFIG GET maxmemory-policy", "CONFIG GET appendonly", "CONFIG GET dir"),
  ).toEqual([
    "OK",
    ...["maxmemory", "201326592", "maxmemory-policy", "noeviction", "appendonly", "yes", "dir", "/data"],
  ]);
});

test("the password opens everything, whatever it contains", () => {
  expect(ask(login, "SET key value", "GET key")).toEqual(["OK", "OK", "value"]);
});

test("without it, or with another one, nothing is read or written", () => {
  expect(ask("GET key")[0]).toMatch(/^NOAUTH/);
  expect(ask("AUTH default wrong")[0]).toMatch(/^WRONGPASS/);
  expect(ask("SET key other", "CONFIG GET maxmemory").join()).not.toMatch(/OK|201326592/);
});

test("the user of the health check may ping, and nothing else", () => {
  const [auth, ping, get, acl] = ask("AUTH health none", "PING", "GET key", "ACL LIST");
  expect([auth, ping]).toEqual(["OK", "PONG"]);
  expect([get, acl]).toEqual([expect.stringMatching(/^NOPERM/), expect.stringMatching(/^NOPERM/)]);
});

test("the user of the metrics may read the server's figures, and no key", () => {
  const [auth, info, ...rest] = ask("AUTH metrics none", "INFO server");
  expect([auth, info?.trim()]).toEqual(["OK", "# Server"]);
  expect(rest.join()).toContain("redis_version:8.0.2");
  for (const refused of ["GET key", "CONFIG GET requirepass", "ACL LIST", "SLOWLOG GET", "CLIENT LIST", "KEYS *"])
    expect(ask("AUTH metrics none", refused)[1]).toMatch(/^NOPERM/);
});

test("the file of users holds no password", () => {
  const file = container.run(["cat", "/run/secrets/users.acl"]).stdout;
  expect(file).toMatch(/^user default on #[0-9a-f]{64} /);
  expect(file).not.toContain("quoted");
});

test("Redis warns of nothing that its settings could mend", () => {
  const warnings = container
    .logs()
    .split("\n")
    .filter((line) => line.includes("# ") && !/overcommit|TCP backlog/i.test(line));
  expect(warnings).toEqual([]);
});
