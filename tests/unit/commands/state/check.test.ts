import { rmSync } from "node:fs";
import { DamagedState, readState } from "../../../../commands/state/check";
import { noteLeft } from "../../../../commands/state/left";
import { emptyBackend, stateWith } from "./sample";

let backend: ReturnType<typeof emptyBackend>;
beforeEach(async () => {
  backend = emptyBackend();
  await backend.store.write(backend.keys.previous, stateWith(["a"], "2026-02-26T08:29:00Z"));
  await backend.store.write(backend.keys.state, stateWith(["a", "b"]));
  await noteLeft(backend);
});
afterEach(() => rmSync(backend.root, { recursive: true }));

const put = (content: Buffer): Promise<void> => backend.store.write(backend.keys.state, content);

test("what the last run left is good", async () => {
  expect((await readState(backend))?.resources).toHaveLength(2);
});

test("T5: a damaged state is refused with its file, its fault, the newest good copy and the command", async () => {
  await put(Buffer.alloc(16));
  const file = `${backend.root}/.pulumi/stacks/vpai/prod.json`;
  const refused = readState(backend);
  await expect(refused).rejects.toBeInstanceOf(DamagedState);
  await expect(refused).rejects.toThrow(
    new RegExp(
      `^the state of stack prod is damaged: ${file} holds nothing but 16 zero bytes\\. Nothing was changed\\. ` +
        "The newest good copy is of \\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\d UTC, with 2 resources: " +
        "make state-restore STACK=prod shows what taking it would mean$",
    ),
  );
});

test("T5: a flip inside a plain value is seen by the checksum", async () => {
  await put(stateWith(["a", "b"], "2026-02-26T08:30:00Z", 25));
  await expect(readState(backend)).rejects.toThrow(
    "prod.json is not what the last run left: its checksum is another one",
  );
});

test("T5: what plain pulumi wrote since is not called damage", async () => {
  await backend.store.write(backend.keys.previous, stateWith(["a", "b"]));
  await put(stateWith(["a", "b"], "2026-02-26T08:30:00Z", 25));
  expect((await readState(backend))?.resources).toHaveLength(2);
});

test("T5: a state that was set back to an older one is not called damage", async () => {
  await put(stateWith(["a"], "2026-02-26T07:00:00Z"));
  expect((await readState(backend))?.resources).toHaveLength(1);
});

test("T5: without a copy of its own the engine's previous state is named", async () => {
  rmSync(`${backend.root}/.pulumi-copies`, { recursive: true });
  await put(Buffer.alloc(0));
  await expect(readState(backend)).rejects.toThrow(
    "The newest good copy is of 2026-02-26 08:29:00 UTC, with 1 resources",
  );
});

test("T5: a stack without a state is none", async () => {
  rmSync(`${backend.root}/.pulumi`, { recursive: true });
  expect(await readState(backend)).toBeUndefined();
});
