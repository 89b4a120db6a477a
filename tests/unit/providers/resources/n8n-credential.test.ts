import "../without-sdk";
import { answer, n8n } from "../fake-n8n";
import {
  type N8nCredentialInputs,
  type N8nCredentialState,
  n8nCredentialKind as kind,
} from "../../../../providers/resources/n8n-credential";
import { HttpContainer } from "../http-container";

let container: HttpContainer;
let inputs: N8nCredentialInputs;

const DATA = { apiKey: "sk-canary", url: "http://litellm:4000/v1", header: false };
const ROTATED = { ...DATA, apiKey: "sk-canary-of-tomorrow" };

beforeAll(async () => {
  container = await HttpContainer.start("vpai_n8n");
  container.reply = answer;
  inputs = {
    connection: container.connection,
    container: "vpai_n8n",
    port: container.port,
    server: { container: "vpai_postgresql", superuser: "postgres", password: "s3cret" },
    database: "n8n",
    credential: "LiteLLM",
    credentialType: "openAiApi",
    data: DATA,
  };
});

afterAll(() => container.stop());

beforeEach(() => {
  Object.assign(n8n, { credentials: [], apiKeys: [], owner: true, starting: 0 });
  container.forget();
});

const stored = (): object[] => n8n.credentials.map(({ id, name, type, held }) => ({ id, name, type, held }));

test("a credential is made by n8n, which encrypts it, and is right from then on", async () => {
  const state = await kind.ensure(inputs);
  expect(stored()).toEqual([{ id: "c0", name: "LiteLLM", type: "openAiApi", held: DATA }]);
  expect(state).toMatchObject({ ...inputs, credentialId: "c0" });
  expect(await kind.observe(state)).toEqual(state);
  container.forget();
  expect(await kind.ensure(inputs, state)).toEqual(state);
  expect(container.requests).toEqual([]);
});

test("the key that it is made with does not outlive the work", async () => {
  await kind.ensure(inputs);
  expect(n8n.apiKeys).toEqual([]);
});

test("another value takes the old one's place, under the same id", async () => {
  const state = await kind.ensure(inputs);
  const rotated = await kind.ensure({ ...inputs, data: ROTATED }, state);
  expect(stored()).toEqual([{ id: "c0", name: "LiteLLM", type: "openAiApi", held: ROTATED }]);
  expect([rotated.credentialId, rotated.data]).toEqual(["c0", ROTATED]);
  expect(rotated.fingerprint).not.toBe(state.fingerprint);
});

test("one that was deleted is gone, and is made again", async () => {
  const state = await kind.ensure(inputs);
  n8n.credentials = [];
  expect(await kind.observe(state)).toBeUndefined();
  await kind.ensure(inputs, state);
  expect(stored()).toMatchObject([{ name: "LiteLLM", held: DATA }]);
});

describe.each([
  ["filled in anew", () => Object.assign(n8n.credentials[0]!, { data: "encrypted otherwise", held: {} })],
  ["renamed", () => Object.assign(n8n.credentials[0]!, { name: "Mine" })],
])("one that was %s in the editor", (_what, edit) => {
  let state: N8nCredentialState;
  beforeEach(async () => {
    state = await kind.ensure(inputs);
    edit();
  });

  test("differs from what is wanted, without a word of what it holds", async () => {
    expect(await kind.observe(state)).toEqual({ ...state, data: {} });
  });

  test("is set back", async () => {
    const back = await kind.ensure(inputs, await kind.observe(state));
    expect(stored()).toEqual([{ id: "c0", name: "LiteLLM", type: "openAiApi", held: DATA }]);
    expect(await kind.observe(back)).toEqual(back);
  });
});

test("one of the same name and type that we never wrote is taken on, as ours", async () => {
  n8n.credentials = [{ id: "old", name: "LiteLLM", type: "openAiApi", data: "encrypted", held: {} }];
  const { credentialId } = await kind.ensure(inputs);
  expect(credentialId).toBe("old");
  expect(stored()).toEqual([{ id: "old", name: "LiteLLM", type: "openAiApi", held: DATA }]);
});

test("two of the same name and type are an error that says what to do", async () => {
  n8n.credentials = ["a", "b"].map((id) => ({ id, name: "LiteLLM", type: "openAiApi", data: id, held: {} }));
  await expect(kind.ensure(inputs)).rejects.toThrow(
    /expected one credential named "LiteLLM".*found 2.*rename or delete/,
  );
});

test("what n8n refuses is an error that quotes its answer and nothing that was sent", async () => {
  container.reply = (request) =>
    request.method === "GET" ? answer(request) : { status: 400, body: "req.body.type is not a known type" };
  const failed = kind.ensure(inputs);
  await expect(failed).rejects.toThrow(/POST \/api\/v1\/credentials to succeed, found 400: .*not a known type/);
  await expect(failed).rejects.not.toThrow(/canary/);
  container.reply = answer;
});

test("taken away, it is deleted; a second time that is nothing", async () => {
  const state = await kind.ensure(inputs);
  await kind.remove(state);
  expect(stored()).toEqual([]);
  await kind.remove(state);
});
