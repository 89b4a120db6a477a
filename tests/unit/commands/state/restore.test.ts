import { existsSync, readFileSync, rmSync } from "node:fs";
import { copiesOf } from "../../../../commands/state/copies";
import { noteLeft } from "../../../../commands/state/left";
import { planRestore } from "../../../../commands/state/restore";
import { emptyBackend, stateWith } from "./sample";

const older = stateWith(["a", "b"], "2026-02-26T08:30:00Z");
const newer = stateWith(["b", "c"], "2026-02-26T09:30:00Z", 25);

let backend: ReturnType<typeof emptyBackend>;
beforeEach(async () => {
  backend = emptyBackend();
  for (const state of [older, newer]) {
    await backend.store.write(backend.keys.state, state);
    await noteLeft(backend);
  }
});
afterEach(() => rmSync(backend.root, { recursive: true }));

const stateFile = (): string => backend.store.locate(backend.keys.state);

test("T5: what a restore would mean is said by names, and nothing is changed", async () => {
  const { lines } = await planRestore(backend, "");
  const [older] = (await copiesOf(backend)).slice(-1);
  expect(lines).toEqual([
    `present: 2 resources (${stateFile()})`,
    expect.stringMatching(/^copy: {4}\d{4}-.* UTC, 2 resources \(/),
    "  only in the present state, forgotten with it: 1",
    "    c (random:index/randomPassword:RandomPassword)",
    "  only in the copy, known again: 1",
    "    a (random:index/randomPassword:RandomPassword)",
    "  in both, and different: 1",
    "    b (random:index/randomPassword:RandomPassword)",
    "Afterwards: make refresh STACK=prod looks at what is really there, make up STACK=prod brings it to what is described.",
    "To keep the present file instead: make state-restore STACK=prod FROM=present",
  ]);
  expect(lines[1]).toContain(older?.key);
  expect(readFileSync(stateFile()).equals(newer)).toBe(true);
});

test("T5: a restore puts the copy in place, and keeps what was there aside", async () => {
  await backend.store.write(backend.keys.state, Buffer.from("{"));
  const said = await (await planRestore(backend, "")).apply();
  expect(readFileSync(stateFile()).equals(newer)).toBe(true);
  const aside = /What was there is kept as (\S+)\. Next: make refresh STACK=prod, then make up STACK=prod\.$/.exec(
    said,
  )?.[1];
  expect(readFileSync(aside ?? "", "utf8")).toBe("{");
});

test("T5: FROM chooses a copy by its date", async () => {
  const [, first] = await copiesOf(backend);
  await (await planRestore(backend, first?.date ?? "")).apply();
  expect(readFileSync(stateFile()).equals(older)).toBe(true);
});

test("T5: a date without a copy is refused with those that there are", async () => {
  const [second, first] = await copiesOf(backend);
  await expect(planRestore(backend, "1999")).rejects.toThrow(
    `expected FROM=<date of a copy>, found "1999"; there are:\n  ${second?.date}  2 resources\n  ${first?.date}  2 resources`,
  );
});

test("T5: FROM=present takes a whole file as it is, and refuses a broken one", async () => {
  await backend.store.write(backend.keys.state, stateWith(["b", "c"], "2026-02-26T09:30:00Z", 26));
  await (await planRestore(backend, "present")).apply();
  expect((await planRestore(backend, "")).lines[0]).toBe(`present: 2 resources (${stateFile()})`);
  await backend.store.write(backend.keys.state, Buffer.alloc(0));
  await expect(planRestore(backend, "present")).rejects.toThrow(
    `expected a whole state to keep, found that ${stateFile()} is empty`,
  );
});

test("T5: a state that is lost is restored, too", async () => {
  rmSync(stateFile());
  await (await planRestore(backend, "")).apply();
  expect(existsSync(stateFile())).toBe(true);
});
