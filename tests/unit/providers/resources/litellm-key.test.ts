import "../without-sdk";
import { createHash } from "node:crypto";
import { implement } from "../../../../providers/implementation";
import { type LiteLlmKeyInputs, liteLlmKeyKind as kind } from "../../../../providers/resources/litellm-key";
import { HttpContainer, type Received, type Reply } from "../http-container";

interface Stored {
  key_alias: string;
  max_budget: number;
  budget_duration: string;
  models: string[];
  spend: number;
}

/** LiteLLM's keys by their hashes, as its key_management_endpoints.py treats them. */
let keys: Record<string, Stored>;
let litellm: HttpContainer;
let inputs: LiteLlmKeyInputs;

const hash = (key: string): string => createHash("sha256").update(key).digest("hex");

function answer({ path, headers, body }: Received): Reply {
  if (headers.authorization !== "Bearer sk-master") return { status: 401, body: { error: "Authentication Error" } };
  const url = new URL(path, "http://litellm");
  const sent = body as Stored & { key: string; keys: string[] };
  switch (url.pathname) {
    case "/key/info": {
      const info = keys[url.searchParams.get("key") ?? ""];
      return info === undefined ? { status: 404, body: { error: "Key not found" } } : { status: 200, body: { info } };
    }
    case "/key/list": {
      const alias = url.searchParams.get("key_alias");
      return { status: 200, body: { keys: Object.keys(keys).filter((token) => keys[token]?.key_alias === alias) } };
    }
    case "/key/generate": {
      if (Object.values(keys).some(({ key_alias }) => key_alias === sent.key_alias))
        return { status: 400, body: { error: "Unique key aliases across all keys are required." } };
      const { key, ...settings } = sent;
      keys[hash(key)] = { ...settings, spend: 0 };
      return { status: 200, body: { key } };
    }
    case "/key/update": {
      const { key, ...settings } = sent;
      const known = keys[hash(key)];
      if (known === undefined) return { status: 404 };
      keys[hash(key)] = { ...known, ...settings };
      return { status: 200, body: {} };
    }
    case "/key/delete":
      for (const token of sent.keys) delete keys[token];
      return { status: 200, body: { deleted_keys: sent.keys } };
    default:
      return { status: 405 };
  }
}

beforeAll(async () => {
  litellm = await HttpContainer.start("vpai_litellm");
  litellm.reply = answer;
  inputs = {
    connection: litellm.connection,
    server: { container: "vpai_litellm", port: litellm.port, masterKey: "sk-master" },
    alias: "openclaw",
    key: "sk-of-openclaw",
    before: "",
    maxBudget: 2.5,
    budgetDuration: "1d",
    models: ["small", "large"],
  };
});

afterAll(() => litellm.stop());

beforeEach(() => {
  keys = {};
  litellm.forget();
});

const stored = (): Stored => keys[hash(inputs.key)] as Stored;

test("a key is made with the given value, its budget and its models", async () => {
  expect(await kind.ensure(inputs)).toEqual(inputs);
  expect(stored()).toEqual({
    key_alias: "openclaw",
    max_budget: 2.5,
    budget_duration: "1d",
    models: ["small", "large"],
    spend: 0,
  });
  litellm.forget();
  await kind.ensure(inputs);
  expect(litellm.changes()).toEqual([]);
  expect(await kind.observe(inputs)).toEqual(inputs);
});

test("a changed budget is changed in place: what was spent stays spent", async () => {
  await kind.ensure(inputs);
  stored().spend = 1.5;
  await kind.ensure({ ...inputs, maxBudget: 5, models: [] });
  expect(stored()).toMatchObject({ max_budget: 5, models: [], spend: 1.5 });
});

test.each([
  ["budget", { max_budget: 500 }, { maxBudget: 500 }],
  ["duration", { budget_duration: "30d" }, { budgetDuration: "30d" }],
  ["list of models", { models: [] }, { models: [] }],
])("a %s that somebody changed is drift, and put back", async (_what, change, seen) => {
  await kind.ensure(inputs);
  Object.assign(stored(), change);
  expect(await kind.observe(inputs)).toEqual({ ...inputs, ...seen });
  await kind.ensure(inputs);
  expect(await kind.observe(inputs)).toEqual(inputs);
});

test("another value takes the alias over, and the old value stops working", async () => {
  await kind.ensure(inputs);
  await kind.ensure({ ...inputs, key: "sk-new" });
  expect(Object.keys(keys)).toEqual([hash("sk-new")]);
});

describe("a key that takes another one's place", () => {
  const both = { key: "sk-new", before: "sk-of-openclaw" };
  const aliases = () => Object.fromEntries(Object.entries(keys).map(([token, { key_alias }]) => [token, key_alias]));

  test("leaves that one in force until it is not named any more", async () => {
    await kind.ensure(inputs);
    const during = await kind.ensure({ ...inputs, ...both }, inputs);
    expect(aliases()).toEqual({ [hash("sk-new")]: "openclaw", [hash(inputs.key)]: "openclaw (of before)" });
    await kind.ensure({ ...inputs, key: "sk-new" }, during);
    expect(aliases()).toEqual({ [hash("sk-new")]: "openclaw" });
  });

  test("is a difference in both directions: without one, the old value would stay in force", async () => {
    const provider = implement(kind);
    const during = { ...inputs, ...both, version: kind.version };
    const over = { ...inputs, key: "sk-new" };
    expect(await provider.diff("id", during, over)).toMatchObject({ changes: true, replaces: [] });
    expect(await provider.diff("id", { ...over, version: kind.version }, { ...inputs, ...both })).toMatchObject({
      changes: true,
    });
  });

  test("cut short at any request, takes it with the next try", async () => {
    await kind.ensure(inputs);
    for (const path of ["/key/update", "/key/list", "/key/generate"]) {
      litellm.reply = (received) => (received.path.startsWith(path) ? { status: 500 } : answer(received));
      await expect(kind.ensure({ ...inputs, ...both }, inputs)).rejects.toThrow("500");
    }
    litellm.reply = answer;
    await kind.ensure({ ...inputs, ...both }, inputs);
    expect(aliases()).toEqual({ [hash("sk-new")]: "openclaw", [hash(inputs.key)]: "openclaw (of before)" });
  });

  test("does without one that is not there any more", async () => {
    await kind.ensure({ ...inputs, ...both });
    expect(aliases()).toEqual({ [hash("sk-new")]: "openclaw" });
  });

  test("goes with it, where nobody requests it any more", async () => {
    await kind.ensure(inputs);
    await kind.remove(await kind.ensure({ ...inputs, ...both }, inputs));
    expect(keys).toEqual({});
  });
});

test("T15: one that somebody deleted comes back only when told so; another value is another key", async () => {
  const refusal = (): never => {
    throw new Error("not told so");
  };
  await expect(kind.ensure(inputs, inputs, refusal)).rejects.toThrow("not told so");
  expect(keys).toEqual({});
  await kind.ensure({ ...inputs, key: "sk-new" }, inputs, refusal);
  expect(Object.keys(keys)).toEqual([hash("sk-new")]);
  keys = {};
  await kind.ensure(inputs, inputs, () => undefined);
  expect(Object.keys(keys)).toEqual([hash(inputs.key)]);
});

test("a key that is gone is gone, and removing it is no error", async () => {
  expect(await kind.observe(inputs)).toBeUndefined();
  await kind.ensure(inputs);
  await kind.remove(inputs);
  expect(keys).toEqual({});
  await expect(kind.remove(inputs)).resolves.toBeUndefined();
});

test("no path holds a key, since servers log paths", async () => {
  await kind.ensure(inputs);
  await kind.observe(inputs);
  await kind.remove(inputs);
  expect(litellm.requests.map(({ path }) => path).join(" ")).not.toContain("sk-");
});

test("a budget that is wanted no more is taken away in place, and none is no difference", async () => {
  await kind.ensure(inputs);
  const without = { ...inputs, maxBudget: 0 };
  await kind.ensure(without);
  expect(stored()).toMatchObject({ max_budget: null, budget_duration: "1d" });
  expect(await kind.observe(without)).toEqual(without);
});

test("a key without sk- and a budget below nothing are refused, without quoting the key", () => {
  const failures = kind.check?.({ ...inputs, key: "s3cret", maxBudget: -1 }) ?? [];
  expect(failures.map(({ property }) => property)).toEqual(["key", "maxBudget"]);
  expect(JSON.stringify(failures)).not.toContain("s3cret");
});
