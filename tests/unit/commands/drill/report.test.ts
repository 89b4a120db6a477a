import { figuresOf } from "../../../../commands/drill/metrics";
import { dataOf, type DrilledHost, isGood, jsonOf, reportOf, spanOf } from "../../../../commands/drill/report";

const service = (name: string, over: Partial<DrilledHost["services"][0]> = {}): DrilledHost["services"][0] => ({
  ...{
    name,
    program: "real, 1.2.3",
    rtoSeconds: 362.4,
    rpoSeconds: 32_645,
    rows: { expected: 412, found: 412 },
    problems: [],
  },
  ...over,
});

const host = (over: Partial<DrilledHost> = {}): DrilledHost => ({
  name: "sese-ai",
  set: {
    set: "000042-20261129T025500Z",
    started: "2026-11-29T02:55:00Z",
    from: "elsewhere",
    bytes: 28_311_552,
    files: 11,
  },
  isolation: { packets: { refused: 37, past: 0 }, namesAsked: 45, problems: [] },
  services: [
    service("caddy", { rpoSeconds: undefined, rows: { expected: 0, found: 0 } }),
    service("n8n"),
    service("redis", { program: "stand-in, 1", rows: { expected: 5, found: 4 } }),
  ],
  left: ["n8n-exports"],
  problems: [],
  ...over,
});

const drill = (one: DrilledHost) => ({ stack: "prod", began: "2026-11-29T12:00:00.000Z", seconds: 372, hosts: [one] });

test("a good drill is a table, what it went by, and one sentence", () => {
  expect(isGood(host())).toBe(true);
  expect(reportOf(drill(host())).split("\n")).toEqual([
    "host     service  program      RTO        RPO        rows    result",
    "-------  -------  -----------  ---------  ---------  ------  ---------",
    "sese-ai  caddy    real, 1.2.3  6 min 2 s  -          -       as it was",
    "sese-ai  n8n      real, 1.2.3  6 min 2 s  9 h 4 min  412     as it was",
    "sese-ai  redis    stand-in, 1  6 min 2 s  9 h 4 min  4 of 5  as it was",
    "",
    "sese-ai: 000042-20261129T025500Z from elsewhere, 11 files with 28311552 bytes, each with the sum of its manifest",
    "sese-ai: 0 packets got out, 37 were refused; 45 lookups of the stack's names",
    "sese-ai: not brought back, as they are for a person to import: n8n-exports",
    "",
    "The drill of prod has brought back everything, in 6 min 12 s.",
  ]);
});

test("rows that nobody could count are none", () => {
  const one = host({ services: [service("qdrant", { rows: { expected: 0, found: 0 } })] });
  expect(reportOf(drill(one)).split("\n")[2]).toBe(
    "sese-ai  qdrant   real, 1.2.3  6 min 2 s  9 h 4 min  -     as it was",
  );
});

test.each([
  [
    "a service that never served",
    { services: [service("n8n", { rtoSeconds: undefined, problems: ["https://x: expected 200"] })] },
    "sese-ai: n8n: https://x: expected 200",
  ],
  [
    "a packet that got past",
    { isolation: { ...host().isolation, packets: { refused: 3, past: 1 } } },
    "sese-ai: expected 0 packets past the closed door, found 1",
  ],
  [
    "a name that was found",
    { isolation: { ...host().isolation, problems: ["the host: expected no address of x, found one"] } },
    "sese-ai: the host: expected no address of x, found one",
  ],
  ["another manifest", { problems: ["expected the manifest"] }, "sese-ai: expected the manifest"],
])("%s makes it a bad one", (_what, over, expected) => {
  const bad = host(over);
  expect(isGood(bad)).toBe(false);
  expect(reportOf(drill(bad)).split("\n").slice(-4)).toEqual([
    ...["Expected everything as in the sets, found:", `  ${expected}`, "", "The drill of prod has failed: 1 finding."],
  ]);
  expect(JSON.parse(jsonOf(drill(bad)))).toMatchObject({
    good: false,
    hosts: [{ good: false, problems: [expected.replace("sese-ai: ", "")] }],
  });
});

test("programs get the same as JSON", () => {
  expect(JSON.parse(jsonOf(drill(host())))).toMatchObject({
    ...{ version: 1, stack: "prod", began: "2026-11-29T12:00:00.000Z", seconds: 372, good: true },
    hosts: [
      {
        ...{ name: "sese-ai", good: true, packets: { refused: 37, past: 0 }, left: ["n8n-exports"], problems: [] },
        services: [
          { name: "caddy" },
          { name: "n8n", rtoSeconds: 362.4, rpoSeconds: 32_645, rows: { expected: 412, found: 412 } },
          { name: "redis" },
        ],
      },
    ],
  });
});

test("a service's data are those of every part that it uses", () => {
  const parts = [
    {
      name: "postgresql",
      services: ["postgresql", "n8n"],
      rows: { expected: 10, found: 9 },
      differences: ["n8n.public.x: expected 2 rows, found 1"],
    },
    { name: "n8n-files", services: ["n8n"], rows: { expected: 4, found: 4 }, differences: [] },
  ];
  expect(dataOf("n8n", parts)).toEqual({
    keeps: true,
    rows: { expected: 14, found: 13 },
    problems: ["postgresql: n8n.public.x: expected 2 rows, found 1"],
  });
  expect(dataOf("caddy", parts)).toEqual({ keeps: false, rows: { expected: 0, found: 0 }, problems: [] });
});

test.each([
  [0.4, "0 s"],
  [59.9, "59 s"],
  [60, "1 min"],
  [3_605, "1 h"],
  [32_645, "9 h 4 min"],
  [90_000, "1 d 1 h"],
])("%s seconds are %s", (seconds, text) => expect(spanOf(seconds)).toBe(text));

test("the collector reads figures of each service; a drill without a result tells that it failed", () => {
  expect(figuresOf({ host: host(), seconds: 372.4 })).toBe(`# TYPE drill_last_exit_code gauge
drill_last_exit_code 0
# TYPE drill_duration_seconds gauge
drill_duration_seconds 372
# TYPE drill_overdue_after_seconds gauge
drill_overdue_after_seconds 691200
# TYPE drill_rto_seconds gauge
drill_rto_seconds{service="caddy"} 362
drill_rto_seconds{service="n8n"} 362
drill_rto_seconds{service="redis"} 362
# TYPE drill_rpo_seconds gauge
drill_rpo_seconds{service="n8n"} 32645
drill_rpo_seconds{service="redis"} 32645
# TYPE drill_packets_out gauge
drill_packets_out 0
`);
  expect(
    figuresOf({ host: undefined, seconds: 12 })
      .split("\n")
      .filter((line) => !line.startsWith("#")),
  ).toEqual([...["drill_last_exit_code 1", "drill_duration_seconds 12", "drill_overdue_after_seconds 691200", ""]]);
});
