import type { ChildProcess } from "node:child_process";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { eventually } from "../../eventually";
import { killProcess, processesIn } from "../harness/processes";
import { TinyStack } from "../harness/tiny";

/** The state around real runs of the real engine, with a program that reaches no host. */

jest.setTimeout(600_000);

let tiny: TinyStack;
beforeAll(async () => {
  tiny = await TinyStack.prepare("state");
  expect(await tiny.make("up", { TRIGGER: "first" })).toMatchObject({ code: 0 });
}, 900_000);
afterAll(() => tiny.lab.remove(), 300_000);

const stateFolder = (): string => path.join(tiny.lab.directory, ".vpai", "lab", "state");
const stateFile = (): string => path.join(stateFolder(), ".pulumi", "stacks", "vpai", "lab.json");
const copies = (): string[] =>
  readdirSync(path.join(stateFolder(), ".pulumi-copies", "vpai", "lab"))
    .filter((name) => name.startsWith("20"))
    .sort();

/** Kills all that works in the copy, the youngest last, as losing the power would. */
function killAll(): void {
  for (const { pid } of processesIn(tiny.lab.directory)) killProcess(pid);
}

const engineRuns = (): boolean =>
  processesIn(tiny.lab.directory).some(({ commandLine }) => /(^|\/)pulumi up /.test(commandLine));

test.each([500, 1500, 2500, 3500, 4500, 6000])(
  "T1: what was killed after %i ms is followed by an up at once",
  async (after) => {
    tiny.start(`killed after ${after}`);
    await pause(after);
    killAll();
    expect(await tiny.make("up", { TRIGGER: `after ${after}` })).toMatchObject({ code: 0 });
    const { code } = await tiny.pulumi(["preview", "--expect-no-changes"], { TRIGGER: `after ${after}` });
    expect(code).toBe(0);
  },
);

/** Types Ctrl-C on a terminal where an `up` has begun to change something. @returns what it ends with and shows */
async function interrupted(terminal: ChildProcess, times: number): Promise<{ code: unknown; shown: string }> {
  let shown = "";
  terminal.stdout?.on("data", (chunk: Buffer) => (shown += chunk.toString("utf8")));
  const ended = new Promise((resolve) => terminal.on("close", resolve));
  await eventually(() => expect(shown).toMatch(/step-2/), 60);
  for (let typed = 0; typed < times; typed += 1) {
    terminal.stdin?.write("\x03");
    // The engine may end soon after the first.
    for (let waited = 0; !shown.includes("waiting for pulumi"); waited += 10) {
      expect(waited).toBeLessThan(5000);
      await pause(10);
    }
  }
  const code = await ended;
  return { code, shown };
}

test("T1: Ctrl-C waits for the engine's own end and says so, and make does not return before", async () => {
  const { code, shown } = await interrupted(tiny.startOnTerminal("interrupted"), 1);
  expect(code).not.toBe(0);
  expect(shown).toContain(
    "waiting for pulumi to finish what it has begun and to write its state: press Ctrl-C again to end it at once",
  );
  expect(shown).toMatch(/update (canceled|failed)/);
  expect(engineRuns()).toBe(false);
  const { code: next, all } = await tiny.make("up", { TRIGGER: "after Ctrl-C" });
  expect([next, all.includes("Releasing")]).toEqual([0, false]);
});

test("T1: the second Ctrl-C ends the engine within seconds, and the next up goes on", async () => {
  const start = Date.now();
  const { shown } = await interrupted(tiny.startOnTerminal("interrupted twice"), 2);
  expect(shown).toContain(
    "ending pulumi at once: what it had begun stays as it is, and the next run goes on from there",
  );
  expect(engineRuns()).toBe(false);
  expect(Date.now() - start).toBeLessThan(60_000);
  expect(await tiny.make("up", { TRIGGER: "after two" })).toMatchObject({ code: 0 });
});

test.each([0, 300, 1000, 2000, 3000])(
  "T2: of two ups %i ms apart one is told of the other in our words",
  async (apart) => {
    const first = tiny.make("up", { TRIGGER: `one of ${apart}` });
    await pause(apart);
    const ends = await Promise.all([first, tiny.make("up", { TRIGGER: `other of ${apart}` })]);
    const refused = ends.filter(({ code }) => code !== 0);
    expect(ends.filter(({ code }) => code === 0)).toHaveLength(1);
    expect(refused.map(({ all }) => all)).toEqual([
      expect.stringMatching(/^another run \(process \d+ on \S+\) works on stack lab; wait for it\./),
    ]);
  },
);

test("T2: a plain pulumi that holds the stack is told of in our words", async () => {
  const plain = tiny.pulumi(["up", "--yes", "--skip-preview"], { TRIGGER: "plain" });
  await eventually(
    () =>
      expect(readdirSync(path.join(stateFolder(), ".pulumi", "locks", "organization", "vpai", "lab"))).toHaveLength(1),
    60,
  );
  const { code, all } = await tiny.make("up");
  expect(code).not.toBe(0);
  expect(all).toMatch(/^another run \(process \d+ on \S+\) works on stack lab; wait for it\./);
  expect(await plain).toMatchObject({ code: 0 });
});

test("T5: a state that plain pulumi changed since is no damage", async () => {
  await expect(tiny.pulumi(["up", "--yes", "--skip-preview"], { TRIGGER: "plain again" })).resolves.toMatchObject({
    code: 0,
  });
  expect(await tiny.make("up", { TRIGGER: "plain again" })).toMatchObject({ code: 0 });
});

test("T5: a run that changes nothing adds no copy, one that does adds one", async () => {
  const before = copies();
  await tiny.make("up", { TRIGGER: "plain again" });
  expect(copies()).toEqual(before);
  await tiny.make("up", { TRIGGER: "one more" });
  // The oldest of more than 20 goes.
  expect(copies()).toEqual([...before, expect.stringMatching(/^2\d{3}-/)].slice(-20));
});

const flip = (text: string) => (content: Buffer) => {
  const flipped = Buffer.from(content);
  const at = flipped.indexOf(text);
  flipped[at + 1] = (flipped[at + 1] ?? 0) ^ 1;
  return flipped;
};

test.each<[string, (content: Buffer) => Buffer, string]>([
  ["truncated", (content) => content.subarray(0, 1000), "is cut short after 1000 bytes"],
  ["emptied", () => Buffer.alloc(0), "is empty"],
  ["zeroed", () => Buffer.alloc(4096), "holds nothing but 4096 zero bytes"],
  ["flipped in its form", flip('"checkpoint"'), "has another form than a state"],
  ["flipped in a plain value", flip("sleep 1"), "is not what the last run left: its checksum is another one"],
])("T5: a state that was %s is refused, and restored", async (_how, damage, words) => {
  await tiny.make("up", { TRIGGER: "one more" });
  const whole = readFileSync(stateFile());
  writeFileSync(stateFile(), damage(whole));
  const refused = await tiny.make("up", { TRIGGER: "one more" });
  expect(refused.code).not.toBe(0);
  expect(refused.all).toContain(`the state of stack lab is damaged: ${stateFile()} ${words}`);
  expect(refused.all).toMatch(
    /The newest good copy is of \d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC, with \d resources: make state-restore shows/,
  );
  expect(refused.all).not.toMatch(/checkpoint:|cipher|SyntaxError/);
  const shown = await tiny.make("state-restore");
  expect([shown.code, shown.all.includes("Nothing was changed: YES=1 does it.")]).toEqual([0, true]);
  expect(readFileSync(stateFile()).equals(damage(whole))).toBe(true);
  expect(await tiny.make("state-restore YES=1")).toMatchObject({ code: 0 });
  const { code, all } = await tiny.make("up", { TRIGGER: "one more" });
  expect([code, /\d unchanged/.test(all), / created| replaced/.test(all)]).toEqual([0, true, false]);
});
