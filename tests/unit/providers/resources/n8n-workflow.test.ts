import "../without-sdk";
import { answer, n8n, nextVersion, type Row } from "../fake-n8n";
import {
  type N8nWorkflowInputs,
  type N8nWorkflowState,
  n8nWorkflowKind as kind,
} from "../../../../providers/resources/n8n-workflow";
import type { Definition } from "../../../../providers/n8n/workflow";
import { HttpContainer } from "../http-container";

let container: HttpContainer;
let inputs: N8nWorkflowInputs;

const DEFINITION: Definition = {
  name: "Ping",
  nodes: [{ id: "1", name: "Webhook", parameters: { path: "ping" } }],
  connections: {},
  settings: { executionOrder: "v1" },
};

const CHANGED: Definition = { ...DEFINITION, nodes: [{ id: "1", name: "Webhook", parameters: { path: "pong" } }] };

beforeAll(async () => {
  container = await HttpContainer.start("vpai_n8n");
  container.reply = answer;
  inputs = {
    connection: container.connection,
    container: "vpai_n8n",
    port: container.port,
    server: { container: "vpai_postgresql", superuser: "postgres", password: "s3cret" },
    database: "n8n",
    workflow: "ping",
    definition: DEFINITION,
    published: "current",
    edited: "keep",
  };
});

afterAll(() => container.stop());

beforeEach(() => {
  Object.assign(n8n, { workflows: [], apiKeys: [], owner: true, versions: 0, starting: 0 });
  container.forget();
});

const row = (): Row => n8n.workflows[0] as Row;

/** The definition as somebody left it in the editor, saved as a draft. */
function edit(change: Partial<Definition>): void {
  Object.assign(row(), change, { versionId: nextVersion() });
}

test("a workflow is made and published, and is right from then on", async () => {
  const state = await kind.ensure(inputs);
  expect(state).toMatchObject({ ...inputs, workflowId: "w0" });
  expect(row()).toMatchObject({ ...DEFINITION, settings: { executionOrder: "v1" }, activeVersionId: row().versionId });
  expect(await kind.observe(state)).toEqual(state);
  container.forget();
  expect(await kind.ensure(inputs, state)).toEqual(state);
  expect(container.requests).toEqual([]);
});

test("the key that it is made with lives no longer than the work, also when that fails", async () => {
  await kind.ensure(inputs);
  expect(n8n.apiKeys).toEqual([]);
  container.reply = (request) => (request.method === "GET" ? answer(request) : { status: 400, body: "no such node" });
  await expect(kind.ensure({ ...inputs, definition: { ...DEFINITION, name: "Other" } })).rejects.toThrow(
    /no such node/,
  );
  container.reply = answer;
  expect(n8n.apiKeys).toEqual([]);
});

test.each([404, 503])("an n8n that is healthy and answers its API with %d yet is waited for", async (status) => {
  Object.assign(n8n, { starting: 2, whileStarting: status });
  await kind.ensure(inputs);
  expect(row().activeVersionId).not.toBeNull();
});

test("an n8n that says in the midst of it that its database is not ready is asked again, and makes it once", async () => {
  let refused = 0;
  container.reply = (request) => {
    if (request.method === "GET" || refused > 0) return answer(request);
    refused += 1;
    return { status: 503, body: '{"code":503,"message":"Database is not ready!"}' };
  };
  await kind.ensure(inputs);
  container.reply = answer;
  expect([refused, n8n.workflows.length]).toEqual([1, 1]);
});

test("an n8n without an owner is an error that says so", async () => {
  n8n.owner = false;
  await expect(kind.ensure(inputs)).rejects.toThrow(/vpai_n8n on .*expected a user with the role global:owner/);
});

test("a changed file changes the workflow, and what runs", async () => {
  const state = await kind.ensure(inputs);
  await kind.ensure({ ...inputs, definition: CHANGED }, state);
  expect(row()).toMatchObject({ nodes: CHANGED.nodes, activeVersionId: row().versionId });
  expect(n8n.workflows).toHaveLength(1);
});

test("a renamed one stays the same workflow", async () => {
  const state = await kind.ensure(inputs);
  await kind.ensure({ ...inputs, definition: { ...DEFINITION, name: "Health" } }, state);
  expect(n8n.workflows.map(({ id, name }) => [id, name])).toEqual([["w0", "Health"]]);
});

describe.each([
  [
    "its draft was edited",
    () => edit({ nodes: CHANGED.nodes }),
    { definition: { nodes: CHANGED.nodes }, published: "another" },
  ],
  ["it was unpublished", () => (row().activeVersionId = null), { published: "none" }],
  ["it was renamed", () => edit({ name: "Mine" }), { definition: { name: "Mine" } }],
  [
    "its settings were changed",
    () => edit({ settings: { executionOrder: "v0" } }),
    { definition: { settings: { executionOrder: "v0" } } },
  ],
])("when on the server %s", (_what, change, seen) => {
  let state: N8nWorkflowState;

  beforeEach(async () => {
    state = await kind.ensure(inputs);
    change();
    container.forget();
  });

  test("that is seen", async () => {
    expect(await kind.observe(state)).toMatchObject(seen);
  });

  test("it is left alone, and still shown, also after the file was changed", async () => {
    const before = structuredClone(row());
    const left = await kind.ensure(inputs, await kind.observe(state));
    expect(left).toMatchObject(seen);
    expect(await kind.ensure({ ...inputs, definition: CHANGED, published: "none" }, left)).toMatchObject(seen);
    expect([row(), container.changes()]).toEqual([before, []]);
  });

  test("config has it set back, and that lasts", async () => {
    const overwriting = { ...inputs, edited: "overwrite" as const };
    const back = await kind.ensure(overwriting, await kind.observe(state));
    expect(back).toMatchObject(overwriting);
    expect(await kind.observe(back)).toEqual(back);
    expect(row()).toMatchObject({ name: "Ping", nodes: DEFINITION.nodes, activeVersionId: row().versionId });
  });
});

test("an edit that the file then follows is no difference any more", async () => {
  const state = await kind.ensure(inputs);
  edit({ nodes: CHANGED.nodes });
  row().activeVersionId = row().versionId;
  const wanted = { ...inputs, definition: CHANGED };
  expect(await kind.ensure(wanted, state)).toMatchObject(wanted);
});

test("one of the same name that we never wrote is taken on when it is right, left alone when it is not", async () => {
  n8n.workflows = [{ ...DEFINITION, id: "old", versionId: "v", activeVersionId: null }];
  expect(await kind.ensure(inputs)).toMatchObject({ workflowId: "old", published: "current" });
  n8n.workflows = [{ ...CHANGED, id: "old", versionId: "v", activeVersionId: "v" }];
  expect(await kind.ensure(inputs)).toMatchObject({ workflowId: "old", definition: { nodes: CHANGED.nodes } });
  expect(row().nodes).toEqual(CHANGED.nodes);
});

describe("T15: one that somebody deleted or archived", () => {
  const refusal = (): never => {
    throw new Error("not told so");
  };

  test("comes back only when told so", async () => {
    const state = await kind.ensure(inputs);
    n8n.workflows = [];
    await expect(kind.ensure(inputs, state, refusal)).rejects.toThrow("not told so");
    expect(n8n.workflows).toEqual([]);
    await kind.ensure(inputs, state, () => undefined);
    expect(row()).toMatchObject({ name: "Ping" });
  });

  test.each([
    ["keep", true],
    ["overwrite", false],
  ] as const)("with %s, the state keeps knowing of it: %p", (edited, holds) => {
    expect(kind.holdsData?.({ ...inputs, edited })).toBe(holds);
  });
});

test("C4: what n8n's API does not take is not sent, and no difference afterwards", async () => {
  const exported = {
    ...DEFINITION,
    nodes: [{ id: "1", name: "Webhook", parameters: { deep: { binaryMode: 1 } }, extendsCredential: "x" }],
    settings: { executionOrder: "v1", binaryMode: "separate", timeSavedMode: "fixed", timezone: "DEFAULT" },
  };
  const wanted = { ...inputs, definition: exported };
  const state = await kind.ensure(wanted);
  expect(container.requests.find(({ method }) => method === "POST")?.body).toEqual({
    name: "Ping",
    nodes: [{ id: "1", name: "Webhook", parameters: { deep: { binaryMode: 1 } } }],
    connections: {},
    settings: { executionOrder: "v1" },
  });
  expect(state).toMatchObject(wanted);
  expect(await kind.observe(state)).toEqual(state);
  container.forget();
  expect(await kind.ensure(wanted, state)).toEqual(state);
  // A state that was lost finds it as it is.
  expect(await kind.ensure(wanted)).toEqual(state);
  expect(container.changes()).toEqual([]);
});

test("two of the same name are for a person to tell apart", async () => {
  n8n.workflows = ["a", "b"].map((id) => ({ ...DEFINITION, id, versionId: "v", activeVersionId: null }));
  await expect(kind.ensure(inputs)).rejects.toThrow(/expected one workflow named "Ping", found 2/);
});

test("one that is gone is gone; one that is no longer declared stops running and stays", async () => {
  const state = await kind.ensure(inputs);
  await kind.remove(state);
  expect(row()).toMatchObject({ nodes: DEFINITION.nodes, activeVersionId: null });
  n8n.workflows = [];
  expect(await kind.observe(state)).toBeUndefined();
  await expect(kind.remove(state)).resolves.toBeUndefined();
});
