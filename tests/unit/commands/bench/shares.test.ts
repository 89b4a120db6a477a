import { readFileSync } from "node:fs";
import path from "node:path";
import { type Shares, sharesOf } from "../../../../commands/bench/shares";
import { parseTrace, type Span } from "../../../../commands/bench/trace";

/** Traces of real runs of a small Docker stack, reduced to the spans' names, kinds and times. */
const recorded = (name: string): Span[] =>
  parseTrace(readFileSync(path.join(__dirname, "fixtures", `${name}.trace.jsonl`), "utf8"));

/** The parts of a made-up run of ten seconds. */
function made(...spans: [name: string, side: Span["side"], start: number, end: number, kind?: string][]): Shares {
  const all = [["pulumi", "internal", 0, 10_000] as const, ...spans];
  return sharesOf(
    all.map(([name, side, start, end, kind]) => ({
      name,
      side,
      start,
      end,
      attributes: kind === undefined ? {} : { kind },
    })),
  );
}

describe("recorded runs", () => {
  // Read from the recorded times: when the command, the language host's Run and the second registration began and ended.
  it.each([
    ["up", 4771, 1140, 3187],
    ["noop", 6835, 3537, 1930],
    ["preview", 10_059, 5303, 2302],
  ])("splits %s into total, program load and provider time", (name, total, programLoad, provider) => {
    const shares = sharesOf(recorded(name));
    expect([shares.total, shares.programLoad, shares.provider].map(Math.round)).toEqual([total, programLoad, provider]);
    expect(shares.engine).toBeCloseTo(shares.total - shares.programLoad - shares.provider, 3);
  });

  it("finds no program load in a refresh, which runs no program", () => {
    const shares = sharesOf(recorded("refresh"));
    expect(shares.programLoad).toBe(0);
    expect(Math.round(shares.provider)).toBe(3808);
  });
});

describe("made-up runs", () => {
  const run = ["pulumirpc.LanguageRuntime/Run", "client", 1000, 9000] as const;
  const register = (start: number): [string, Span["side"], number, number] => [
    "pulumirpc.ResourceMonitor/RegisterResource",
    "server",
    start,
    start + 50,
  ];

  it("ends the program load at the program's own first resource, not at the stack that the SDK registers", () => {
    expect(made([...run], register(3000), register(1500), register(2500)).programLoad).toBe(1500);
  });

  it("counts a program that registers nothing of its own as loading until its end", () => {
    expect(made([...run], register(1500)).programLoad).toBe(8000);
  });

  it("counts provider calls in parallel once", () => {
    const calls = made(
      ["pulumirpc.ResourceProvider/Create", "client", 4000, 6000],
      ["pulumirpc.ResourceProvider/Diff", "client", 5000, 6500],
      ["pulumirpc.ResourceProvider/Check", "client", 4500, 4600],
      ["pulumirpc.ResourceProvider/Check", "client", 8000, 8100],
    );
    expect(calls).toEqual({ total: 10_000, programLoad: 0, provider: 2600, engine: 7400 });
  });

  it("counts the start of a provider, and not that of the language host", () => {
    expect(
      made(["newPlugin", "internal", 100, 600, "resource"], ["newPlugin", "internal", 2000, 9000, "language"]).provider,
    ).toBe(500);
  });

  it("does not count the provider's own record of the same call", () => {
    expect(made(["/pulumirpc.ResourceProvider/Create", "server", 4000, 6000]).provider).toBe(0);
  });

  it("counts what falls into the program load as program load", () => {
    const shares = made([...run], register(1100), register(3000), [
      "pulumirpc.ResourceProvider/Configure",
      "client",
      2000,
      4000,
    ]);
    expect(shares).toEqual({ total: 10_000, programLoad: 2000, provider: 1000, engine: 7000 });
  });

  it("refuses a trace without the command itself", () => {
    expect(() => sharesOf([])).toThrow("expected a span named `pulumi` in the trace, found none");
  });
});

describe("parseTrace", () => {
  it("names the line that it cannot read", () => {
    expect(() => parseTrace('{"resourceSpans":[]}\n\n{"spans":[]}')).toThrow("line 3 of the trace");
  });
});
