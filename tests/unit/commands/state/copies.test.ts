import { readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { copiesOf, keepCopy, newestGood } from "../../../../commands/state/copies";
import { type GoodState, inspectState } from "../../../../commands/state/inspect";
import { emptyBackend, stateWith } from "./sample";

let backend: ReturnType<typeof emptyBackend>;
beforeEach(() => (backend = emptyBackend()));
afterEach(() => rmSync(backend.root, { recursive: true }));

const keep = (content: Buffer): Promise<void> => keepCopy(backend, content, inspectState(content) as GoodState);

const spoil = (key: string): void => writeFileSync(backend.store.locate(key), "spoiled");

test("a copy is the state as it is, readable by its owner alone, and never in git", async () => {
  await keep(stateWith(["a", "b"]));
  const [copy] = await copiesOf(backend);
  expect(copy).toMatchObject({ count: 2, date: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d-\d\d-\d\dZ$/) as string });
  const file = backend.store.locate(copy?.key ?? "");
  expect(file).toContain(`${backend.root}/.pulumi-copies/vpai/prod/`);
  expect(readFileSync(file).equals(stateWith(["a", "b"]))).toBe(true);
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(readFileSync(`${backend.root}/.pulumi-copies/.gitignore`, "utf8")).toBe("*\n");
});

test("T5: what only says when it was written is not copied again, an empty state never", async () => {
  await keep(stateWith([]));
  await keep(stateWith(["a"], "2026-02-26T08:00:00Z"));
  await keep(stateWith(["a"], "2026-02-26T09:00:00Z"));
  expect(await copiesOf(backend)).toHaveLength(1);
  await keep(stateWith(["a"], "2026-02-26T09:00:00Z", 25));
  expect(await copiesOf(backend)).toHaveLength(2);
});

test("T5: the last 20 are kept", async () => {
  for (let length = 1; length <= 23; length += 1) await keep(stateWith(["a"], "2026-02-26T08:00:00Z", length));
  const copies = await copiesOf(backend);
  expect(copies).toHaveLength(20);
  expect((await newestGood(backend))?.content.equals(stateWith(["a"], "2026-02-26T08:00:00Z", 23))).toBe(true);
});

test("T5: the newest good copy is the first that is what was copied", async () => {
  await keep(stateWith(["a"]));
  await keep(stateWith(["a", "b"]));
  spoil((await copiesOf(backend))[0]?.key ?? "");
  expect((await newestGood(backend))?.resources).toHaveLength(1);
});
