import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { isReachable } from "../../../../lab/images/upstream";

const minute = 60_000;
/** Reserved by RFC 2606: no network resolves it. */
const nowhere = "registry.invalid";
let memory: string;

beforeEach(() => (memory = mkdtempSync(path.join(tmpdir(), "reachable-"))));
afterEach(() => rmSync(memory, { recursive: true }));

const remember = (reachable: boolean, age: number): void =>
  writeFileSync(path.join(memory, `${nowhere}.json`), JSON.stringify({ reachable, at: Date.now() - age }));

test("an answer of nine minutes ago still holds", async () => {
  remember(true, 9 * minute);
  expect(await isReachable(nowhere, memory)).toBe(true);
});

test("one of eleven minutes ago does not: the registry is asked again and the new answer kept", async () => {
  remember(true, 11 * minute);
  expect(await isReachable(nowhere, memory)).toBe(false);
  expect(JSON.parse(readFileSync(path.join(memory, `${nowhere}.json`), "utf8"))).toMatchObject({ reachable: false });
});

test("a file cut short by an interruption counts as no answer", async () => {
  writeFileSync(path.join(memory, `${nowhere}.json`), '{"reachable":tr');
  expect(await isReachable(nowhere, memory)).toBe(false);
});
