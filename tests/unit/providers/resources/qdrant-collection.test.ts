import "../without-sdk";
import fc from "fast-check";
import {
  type QdrantCollectionInputs,
  qdrantCollectionKind as kind,
} from "../../../../providers/resources/qdrant-collection";
import { Unreadable } from "../../../../providers/unreadable";
import { HttpContainer, type Reply, type Received } from "../http-container";

/** Qdrant as its REST reference describes it: collections by name. */
let collections: Map<string, unknown>;
let qdrant: HttpContainer;
let inputs: QdrantCollectionInputs;

function answer({ method, path, headers, body }: Received): Reply {
  if (headers["api-key"] !== "s3cret") return { status: 401, body: "Must provide an API key" };
  const name = decodeURIComponent(path.replace("/collections/", ""));
  if (method === "PUT") {
    collections.set(name, (body as { vectors: unknown }).vectors);
    return { status: 200, body: { result: true } };
  }
  const vectors = collections.get(name);
  if (vectors === undefined) return { status: 404, body: { status: { error: `Collection ${name} doesn't exist!` } } };
  return { status: 200, body: { result: { config: { params: { vectors } } } } };
}

beforeAll(async () => {
  qdrant = await HttpContainer.start("vpai_qdrant");
  qdrant.reply = answer;
  inputs = {
    connection: qdrant.connection,
    server: { container: "vpai_qdrant", port: qdrant.port, apiKey: "s3cret" },
    collection: "semantic_cache",
    size: 1536,
    distance: "Cosine",
  };
});

afterAll(() => qdrant.stop());

beforeEach(() => {
  collections = new Map();
  qdrant.forget();
});

test("a collection is made with its size and distance, and found right after that", async () => {
  expect(await kind.ensure(inputs)).toEqual(inputs);
  expect([...collections]).toEqual([["semantic_cache", { size: 1536, distance: "Cosine" }]]);
  expect(await kind.observe(inputs)).toEqual(inputs);
  qdrant.forget();
  await kind.ensure(inputs);
  expect(qdrant.changes()).toEqual([]);
});

test("any name is one path", async () => {
  await fc.assert(
    fc.asyncProperty(fc.string({ minLength: 1, unit: "grapheme" }), async (collection) => {
      collections = new Map();
      await kind.ensure({ ...inputs, collection });
      expect([...collections.keys()]).toEqual([collection]);
    }),
    { numRuns: 30 },
  );
});

test.each([
  ["another size", { size: 768, distance: "Cosine" }, /found 768 and Cosine/],
  ["another distance", { size: 1536, distance: "Dot" }, /found 1536 and Dot/],
  ["several named vectors", { image: { size: 1536, distance: "Cosine" } }, /several named vectors/],
])("one with %s is refused, and stays", async (_what, vectors, found) => {
  collections = new Map([["semantic_cache", vectors]]);
  await expect(kind.ensure(inputs)).rejects.toThrow(found);
  await expect(kind.ensure(inputs)).rejects.toThrow(/cannot be converted.*DELETE \/collections\/semantic_cache/);
  expect(qdrant.changes()).toEqual([]);
  expect(await kind.observe(inputs)).not.toEqual(inputs);
});

test("one that is gone is gone; removing it from the platform deletes nothing", async () => {
  expect(await kind.observe(inputs)).toBeUndefined();
  await kind.ensure(inputs);
  qdrant.forget();
  await kind.remove(inputs);
  expect(qdrant.requests).toEqual([]);
});

test("T15: one that was there before is made anew only when told so", async () => {
  const refusal = (): never => {
    throw new Error("not told so");
  };
  await expect(kind.ensure(inputs, inputs, refusal)).rejects.toThrow("not told so");
  expect(qdrant.changes()).toEqual([]);
  await kind.ensure(inputs, inputs, () => undefined);
  await kind.ensure(inputs, inputs, refusal);
  expect(qdrant.changes()).toEqual(["PUT /collections/semantic_cache"]);
});

test("T23: what a server that is stopped, closed or refusing has is unknown, not gone", async () => {
  const at = (server: object): QdrantCollectionInputs => ({ ...inputs, server: { ...inputs.server, ...server } });
  for (const [state, why] of [
    [at({ container: "vpai_other" }), /expected a running container vpai_other with an address, found none/],
    [at({ port: 1 }), /expected vpai_qdrant to listen on port 1, found no program there/],
    [at({ apiKey: "other" }), /found 401/],
  ] as const) {
    const failure: unknown = await kind.observe(state).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(Unreadable);
    expect((failure as Error).message).toMatch(why);
  }
});

test("a wrong key is an error, not a missing collection", async () => {
  const wrong = { ...inputs, server: { ...inputs.server, apiKey: "other" } };
  await expect(kind.observe(wrong)).rejects.toThrow(/found 401/);
});

test.each([0, -1, 1.5])("a size of %d is refused before anything is touched", (size) => {
  expect(kind.check?.({ ...inputs, size })).toMatchObject([{ property: "size" }]);
});
