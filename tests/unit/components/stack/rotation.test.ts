import { createHash } from "node:crypto";
import { container, graphOf, program, type Registered, resource, settingsOf } from "./graph";

/** What an `up` does with secrets that were rotated, and with those that are being rotated. */

const NAMES = ["redisPassword", "monitoringWriteKey", "n8nDatabasePassword", "openclawApiKey"] as const;

/** The lab with its core and its programs, and what else its file says. */
const lab = (more: Record<string, unknown> = {}): Promise<Registered[]> => {
  const own = Object.entries(more).map(([key, value]): [string, string] => [
    key,
    typeof value === "string" ? value : JSON.stringify(value),
  ]);
  const services = { "vpai:services": JSON.stringify(["core", "apps", "monitoring"]) };
  return graphOf("lab", { ...settingsOf("lab"), ...services, ...Object.fromEntries<string>(own) }, program);
};

const rotating = (ends = false): Record<string, unknown> => ({
  "vpai:rotating": Object.fromEntries(
    NAMES.map((name) => [name, { before: `old-of-${name}`, rotation: 2, ...(ends ? { ends } : {}) }]),
  ),
  "vpai:rotations": Object.fromEntries(NAMES.map((name) => [name, 2])),
});

const RANDOM = "random:index/randomPassword:RandomPassword";
const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex");
const contentOf = (graph: readonly Registered[], name: string): string =>
  String(resource(graph, name).inputs["content"]);

let plain: Registered[];
let under: Registered[];
let ended: Registered[];
beforeAll(async () => {
  plain = await lab();
  under = await lab(rotating());
  ended = await lab(rotating(true));
}, 60_000);

test("a secret that was never rotated is made as before", () => {
  for (const { inputs } of plain.filter(({ type }) => type === RANDOM)) expect(inputs).not.toHaveProperty("keepers");
});

test("another number is another value, of the rotated ones alone", () => {
  const keepers = under
    .filter(({ type, inputs }) => type === RANDOM && inputs["keepers"] !== undefined)
    .map(({ name, inputs }) => [name, inputs["keepers"]]);
  expect(Object.fromEntries(keepers)).toEqual(Object.fromEntries(NAMES.map((name) => [name, { rotation: "2" }])));
});

test("Redis takes both passwords while they change, and one before and after", () => {
  const file = "sese-ai/redis/secret/users.acl";
  const [now, old] = ["random-redisPassword", "old-of-redisPassword"].map((value) => `#${sha256(value)}`);
  const first = (graph: readonly Registered[]): string => contentOf(graph, file).split("\n")[0] ?? "";
  expect(first(plain)).toBe(`user default on ${now} ~* &* +@all`);
  expect(first(under)).toBe(`user default on ${now} ${old} ~* &* +@all`);
  expect(first(ended)).toBe(first(plain));
  expect(resource(under, file).secrets).toContain("content");
});

test("and is asked to read them by whichever of the two it knows; what else changes restarts it", () => {
  const gate = (graph: readonly Registered[]) => resource(graph, "sese-ai/redis/health");
  const login = (value: string): string =>
    `AUTH default "${[...Buffer.from(value)].map((byte) => `\\x${byte.toString(16)}`).join("")}"\n`;
  const now = login("random-redisPassword");
  expect(gate(plain).inputs["reload"]).toMatchObject({ folders: ["/opt/vpai/secrets/redis"], stdin: now });
  expect(gate(under).inputs["reload"]).toMatchObject({ stdin: now + login("old-of-redisPassword") });
  expect(gate(ended).inputs["reload"]).toEqual({ ...(gate(plain).inputs["reload"] as object) });
  expect(gate(under).inputs["restart"]).toMatchObject({
    folders: ["/opt/vpai/configs/redis", "/opt/vpai/secrets/redis"],
  });
  expect(gate(under).secrets).toContain("reload.stdin");
});

test("LiteLLM takes both keys while they change, and one before and after", () => {
  const key = (graph: readonly Registered[]) => resource(graph, "sese-ai/virtual-key/openclaw");
  expect(key(under).inputs).toMatchObject({ key: "sk-random-openclawApiKey", before: "sk-old-of-openclawApiKey" });
  expect(key(under).secrets).toContain("before");
  // Left out, it would be no difference, and the old key stay.
  for (const graph of [plain, ended]) expect(key(graph).inputs).toHaveProperty("before", "");
});

test("so does the gateway with a login, from a further file", () => {
  const caddyfile = "sese-ai/caddy/config/Caddyfile";
  const file = "sese-ai/caddy/secret/monitoringWriteKey";
  const basic = (password: string): string => Buffer.from(`collector:${password}`).toString("base64");
  expect(contentOf(under, file)).toBe(basic("random-monitoringWriteKey"));
  expect(contentOf(under, `${file}_before`)).toBe(basic("old-of-monitoringWriteKey"));
  expect(resource(under, `${file}_before`).inputs["mode"]).toBe("0400");
  expect(contentOf(under, caddyfile).replaceAll("\t", "")).toContain(
    [
      "@monitoringWriteKey {",
      'header Authorization "Basic {file./run/secrets/monitoringWriteKey}"',
      'header Authorization "Basic {file./run/secrets/monitoringWriteKey_before}"',
      "}",
    ].join("\n"),
  );
  for (const graph of [plain, ended]) {
    expect(graph.filter(({ name }) => name === `${file}_before`)).toEqual([]);
    expect(contentOf(graph, caddyfile)).not.toContain("_before");
  }
  expect(contentOf(ended, caddyfile)).toBe(contentOf(plain, caddyfile));
});

test("no clear text has an old value", () => {
  expect(JSON.stringify(under.map(({ shown }) => shown))).not.toContain("old-of-");
  expect(JSON.stringify(ended.map(({ inputs }) => inputs))).not.toContain("old-of-");
});

describe("who takes a secret does so after whoever asks for it", () => {
  const waitsFor = (name: string): string[] => resource(plain, name).dependsOn;

  test.each([
    ["sese-ai/n8n", "sese-ai/database/n8n"],
    ["sese-ai/litellm", "sese-ai/database/litellm"],
    ["sese-ai/litellm", "sese-ai/redis/health"],
    ["sese-ai/litellm", "sese-ai/redis-cache/health"],
    ["sese-ai/litellm", "sese-ai/qdrant/health"],
    ["sese-ai/openclaw", "sese-ai/virtual-key/openclaw"],
    ["sese-ai/openclaw", "sese-ai/qdrant/health"],
    ["sese-ai/kaneo-api", "sese-ai/database/kaneo"],
    ["sese-ai/nocodb", "sese-ai/database/nocodb"],
    ["sese-ai/sure", "sese-ai/database/sure"],
    ["sese-ai/alloy", "sese-ai/database/alloy"],
  ])("%s after %s", (client, server) => expect(container(plain, client).dependsOn).toContain(server));

  test.each([
    ["sese-ai/database/n8n", "sese-ai/postgresql/health"],
    ["sese-ai/virtual-key/openclaw", "sese-ai/litellm/health"],
    ["sese-ai/credential/LiteLLM", "sese-ai/virtual-key/n8n"],
    ["sese-ai/credential/LiteLLM", "sese-ai/n8n/health"],
  ])("%s after %s", (made, server) => expect(waitsFor(made)).toContain(server));
});

test("another password of PostgreSQL's superuser is in its file, and nothing starts anew for it; Qdrant does for another key", async () => {
  const values = ["one-value-of-a-secret", "other-value-of-a-secret"];
  const graphs: Registered[][] = [];
  for (const value of values)
    graphs.push(await lab({ "secrets:postgresqlPassword": value, "secrets:qdrantApiKey": value }));
  const inputs = (name: string): unknown[] => graphs.map((graph) => resource(graph, name).inputs);
  const [before, after] = inputs("sese-ai/postgresql/health");
  expect(after).toEqual(before);
  const [made, again] = graphs.map((graph) => container(graph, "sese-ai/postgresql").inputs);
  expect(again).toEqual(made);
  const file = "sese-ai/postgresql/secret/superuser_password";
  expect(graphs.map((graph) => contentOf(graph, file))).toEqual(values);
  for (const graph of graphs) {
    expect(container(graph, "sese-ai/postgresql").dependsOn).toContain(file);
    expect(resource(graph, "sese-ai/database/n8n").inputs["server"]).toMatchObject({ superuser: "postgres" });
  }
  const [qdrant, changed] = inputs("sese-ai/qdrant/health");
  expect(changed).not.toEqual(qdrant);
}, 60_000);
