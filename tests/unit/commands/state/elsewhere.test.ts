import { existsSync, rmSync, writeFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { copiesOf, newestGood } from "../../../../commands/state/copies";
import { keepElsewhere } from "../../../../commands/state/elsewhere";
import { planRestore } from "../../../../commands/state/restore";
import { emptyBackend, stateWith } from "./sample";

let here: ReturnType<typeof emptyBackend>;
let elsewhere: ReturnType<typeof emptyBackend>;
beforeEach(() => {
  here = emptyBackend();
  elsewhere = { ...emptyBackend() };
});
afterEach(() => {
  jest.restoreAllMocks();
  for (const { root } of [here, elsewhere]) rmSync(root, { recursive: true });
});

const run = async (content: Buffer): Promise<void> => {
  await here.store.write(here.keys.state, content);
  await keepElsewhere(here, () => Promise.resolve(elsewhere));
};

test("what a run leaves is elsewhere as it is, once, and unpacked", async () => {
  await run(stateWith(["a"]));
  await run(stateWith(["a"]));
  await run(gzipSync(stateWith(["a", "b"])));
  expect(await copiesOf(elsewhere)).toHaveLength(2);
  expect((await newestGood(elsewhere))?.content).toEqual(stateWith(["a", "b"]));
});

test("a stack without a bucket keeps none, and a damaged state is none", async () => {
  await here.store.write(here.keys.state, stateWith(["a"]));
  await keepElsewhere(here, () => Promise.resolve(undefined));
  await run(Buffer.from("{"));
  expect(await copiesOf(elsewhere)).toEqual([]);
});

test("a server that is away fails no run, and is told of", async () => {
  const said = jest.spyOn(console, "error").mockReturnValue(undefined);
  await here.store.write(here.keys.state, stateWith(["a"]));
  await keepElsewhere(here, () => Promise.reject(new Error("s3://x cannot be reached: ECONNREFUSED")));
  expect(said.mock.calls).toEqual([
    ["The state has no copy elsewhere of this run: s3://x cannot be reached: ECONNREFUSED. The next run makes one."],
  ]);
});

describe("with this computer's files lost", () => {
  beforeEach(async () => {
    await run(stateWith(["a", "b"]));
    rmSync(here.store.locate(here.keys.state));
  });

  test("the newest copy elsewhere is the one that is meant, and its place is told", async () => {
    const plan = await planRestore(here, "", () => Promise.resolve(elsewhere));
    expect(plan.lines[1]).toMatch(new RegExp(`2 resources \\(${elsewhere.root}/`));
    await plan.apply();
    expect(await here.store.read(here.keys.state)).toEqual(stateWith(["a", "b"]));
  });

  test("one of them is named by its date, as those here", async () => {
    const [copy] = await copiesOf(elsewhere);
    const plan = await planRestore(here, copy?.date ?? "", () => Promise.resolve(elsewhere));
    await plan.apply();
    expect(existsSync(here.store.locate(here.keys.state))).toBe(true);
  });

  test("one that is not as it was written is none", async () => {
    const [copy] = await copiesOf(elsewhere);
    writeFileSync(elsewhere.store.locate(copy?.key ?? ""), stateWith(["forged"]));
    await expect(planRestore(here, "", () => Promise.resolve(elsewhere))).rejects.toThrow("found none in");
  });
});

test("nobody asks elsewhere while there is one here", async () => {
  await here.store.write(here.keys.state, stateWith(["a", "b"]));
  await keepElsewhere(here, () => Promise.resolve(here));
  await here.store.write(here.keys.state, Buffer.from("{"));
  await planRestore(here, "", () => Promise.reject(new Error("asked")));
});
