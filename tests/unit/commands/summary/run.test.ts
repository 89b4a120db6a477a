import { existsSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";
import { withSummary } from "../../../../commands/summary/run";

const ERROR = '{"diagnosticEvent":{"severity":"error","message":"no luck"}}\n';

let log: string;
const shown = jest.spyOn(console, "error").mockImplementation(() => undefined);
beforeEach(() => shown.mockClear());

/** A run of the engine that leaves a log. */
const engine =
  (code: number) =>
  ([option, file = ""]: string[]): Promise<number> => {
    expect(option).toBe("--event-log");
    expect(process.env["PULUMI_DEBUG_COMMANDS"]).toBe("true");
    expect(statSync(path.dirname(file)).mode & 0o777).toBe(0o700);
    writeFileSync((log = file), ERROR);
    return Promise.resolve(code);
  };

test("T7: a failed run is summed up, and its log removed", async () => {
  expect(await withSummary(engine(255))).toBe(255);
  expect(shown.mock.calls).toEqual([[expect.stringMatching(/^\nWhat failed:\n {2}no luck\n/)]]);
  expect(existsSync(path.dirname(log))).toBe(false);
});

test("one that went well is not", async () => {
  expect(await withSummary(engine(0))).toBe(0);
  expect(shown).not.toHaveBeenCalled();
  expect(existsSync(path.dirname(log))).toBe(false);
});

test("one whose engine never began has no log", async () => {
  expect(await withSummary(() => Promise.resolve(3))).toBe(3);
  expect(shown).not.toHaveBeenCalled();
});
