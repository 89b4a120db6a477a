import { benchOptions } from "../../../../commands/bench/options";
import { asJson, asTable, summarize } from "../../../../commands/bench/report";
import { median } from "../../../../commands/bench/statistics";

const MiB = 2 ** 20;
const run = (total: number, peakMiB: number, resources = 30) => ({
  total,
  resources,
  programLoad: total / 4,
  provider: total / 2,
  engine: total / 4,
  peakMemory: peakMiB * MiB,
});

describe("median", () => {
  it.each([
    [[3], 3],
    [[9, 1, 5], 5],
    [[10, 2, 4, 8], 6],
    [[100, 9, 20], 20],
  ])("of %p is %p", (values, expected) => {
    expect(median(values)).toBe(expected);
  });

  it("of nothing is an error", () => {
    expect(() => median([])).toThrow("expected at least one value");
  });
});

describe("the report", () => {
  const results = [
    summarize("cold", [run(60_000, 900)]),
    summarize("noop", [run(8000, 400), run(2000, 500), run(4000, 450)]),
  ];

  const core = { choice: "core", services: 4, results };
  const all = { choice: "all", services: 14, results: [summarize("noop", [run(9000, 600, 130)])] };
  const idle = { choice: "idle", services: 0, results: [summarize("noop", [run(1500, 300, 1)])] };

  it("shows medians, shares and memory in a table", () => {
    expect(asTable([core]).split("\n")).toEqual([
      "services  operation  runs  resources  total    engine          program load    provider        peak memory",
      "--------  ---------  ----  ---------  -------  --------------  --------------  --------------  -----------",
      "core (4)  cold up    1     30         60.00 s  15.00 s (25 %)  15.00 s (25 %)  30.00 s (50 %)  900 MiB",
      "core (4)  no-op up   3     30         4.00 s   1.00 s (25 %)   1.00 s (25 %)   2.00 s (50 %)   450 MiB",
    ]);
  });

  it("tells what an unchanged service and resource cost, from the two largest labs", () => {
    expect(asTable([idle, core, all]).split("\n").slice(-2)).toEqual([
      "an unchanged service costs a no-op up 500 ms",
      "an unchanged resource costs a no-op up 50 ms",
    ]);
    expect(JSON.parse(asJson([idle, core, all]))).toMatchObject({
      costPerUnchangedService: 500,
      costPerUnchangedResource: 50,
    });
  });

  it("tells no cost of a service from one lab, and of a resource from what the idle stack takes", () => {
    expect(JSON.parse(asJson([idle, core]))).toMatchObject({ costPerUnchangedResource: 86 });
    expect(asTable([idle, core])).not.toContain("an unchanged service");
  });

  it("gives the same in milliseconds and bytes as JSON", () => {
    const cold = {
      operation: "cold",
      runs: 1,
      total: 60_000,
      resources: 30,
      programLoad: 15_000,
      provider: 30_000,
      engine: 15_000,
      peakMemory: 943_718_400,
    };
    const noop = {
      operation: "noop",
      runs: 3,
      total: 4000,
      resources: 30,
      programLoad: 1000,
      provider: 2000,
      engine: 1000,
      peakMemory: 471_859_200,
    };
    expect(JSON.parse(asJson([core]))).toEqual({
      unit: { time: "ms", memory: "bytes" },
      slices: [{ choice: "core", services: 4, results: [cold, noop] }],
    });
  });
});

describe("benchOptions", () => {
  it("measures everything, five times, by default", () => {
    expect(benchOptions([], {})).toEqual({
      runs: 5,
      only: ["cold", "noop", "preview", "refresh"],
      services: ["idle", "core", "all"],
      json: undefined,
    });
  });

  it("takes options, in the order in which they are run", () => {
    const given = ["--runs", "2", "--only", "refresh,noop", "--services", "core,apps", "--json", "out.json"];
    expect(benchOptions(given, {})).toEqual({
      runs: 2,
      only: ["noop", "refresh"],
      services: ["core,apps"],
      json: "out.json",
    });
  });

  it("takes make's variables, and options before them", () => {
    const variables = { RUNS: "9", ONLY: "preview", VPAI_SERVICES: "all", JSON: "out.json" };
    expect(benchOptions(["--runs", "2"], variables)).toEqual({
      runs: 2,
      only: ["preview"],
      services: ["all"],
      json: "out.json",
    });
  });

  it.each(["0", "-1", "1.5", "many"])("refuses %s runs", (runs) => {
    expect(() => benchOptions([`--runs=${runs}`], {})).toThrow(`expected a whole number above 0, found ${runs}`);
  });

  it("refuses an operation that it does not know", () => {
    expect(() => benchOptions(["--only", "noop,warm"], {})).toThrow("found warm");
  });
});
