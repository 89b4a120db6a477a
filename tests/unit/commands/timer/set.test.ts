import { chmodSync, existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import path from "node:path";
import { DRILL } from "../../../../commands/timer/chores";
import { setTimer } from "../../../../commands/timer/set";
import { unitFolder } from "../../../../commands/timer/units";

/** What a timer lacks is told while nothing has been written yet. */

const CHORE = { ...DRILL, name: "never-written" };

let folder: string;
let before: NodeJS.ProcessEnv;
beforeEach(() => {
  before = { ...process.env };
  folder = mkdtempSync(path.join(tmpdir(), "timer-"));
});
afterEach(() => {
  process.env = before;
  rmSync(folder, { recursive: true });
});

/** @param systemctl what it does; undefined: there is none */
function set(given: Record<string, string>, systemctl?: string): string {
  if (systemctl !== undefined) {
    writeFileSync(path.join(folder, "systemctl"), `#!/bin/sh\n${systemctl}\n`);
    chmodSync(path.join(folder, "systemctl"), 0o755);
  }
  process.env = { ...before, PATH: folder, ...given };
  try {
    setTimer(CHORE);
  } catch (error) {
    return (error as Error).message;
  } finally {
    const isRoot = process.getuid?.() === 0;
    const units = ["service", "timer"].map((kind) =>
      path.join(unitFolder(isRoot, homedir()), `vpai-never-written-${given["STACK"] ?? ""}.${kind}`),
    );
    expect(units.filter((unit) => existsSync(unit))).toEqual([]);
  }
  return "nothing was wrong";
}

const PASSPHRASE = "PULUMI_CONFIG_PASSPHRASE_FILE";

test("a computer without systemd", () => {
  const found = set({ STACK: "lab", ACTION: "on" });
  expect(found).toMatch(/^expected systemd on this computer, .*ENOENT.*\. Nothing was changed;/);
});

test("one whose systemd does not answer", () => {
  const found = set({ STACK: "lab", ACTION: "off" }, "echo 'Failed to connect to bus' >&2; exit 1");
  expect(found).toMatch(/--property Version` fails: Failed to connect to bus\. Nothing was changed;/);
});

test.each([
  [{ STACK: "lab" }, "ACTION\n    expected: on or off\n    found:    nothing"],
  [{ STACK: "lab", ACTION: "start" }, 'found:    "start"'],
  [
    { STACK: "prod", ACTION: "on", [PASSPHRASE]: "" },
    `${PASSPHRASE}\n    expected: a file with the passphrase of prod`,
  ],
  [{ STACK: "prod", ACTION: "on", [PASSPHRASE]: "/nowhere/p" }, "found:    no file /nowhere/p"],
  [{ STACK: "prd", ACTION: "on", [PASSPHRASE]: "/dev/null" }, "STACK\n    expected: a stack that has a file"],
])("%j", (given, found) => {
  expect(set(given as unknown as Record<string, string>, "exit 0")).toContain(found);
});
