import fc from "fast-check";
import { lineDiff } from "../../../../commands/preview-comment/line-diff";
import { differences } from "../../../../commands/preview-comment/property-changes";
import { childPath, parsePath, valueAt } from "../../../../commands/preview-comment/property-path";

describe("property paths", () => {
  it.each([
    ["memory", ["memory"]],
    ["labels[0].value", ["labels", 0, "value"]],
    ['data["a.b"].c', ["data", "a.b", "c"]],
    ['["root key"][2]', ["root key", 2]],
    ['a["say \\"x\\""]', ["a", 'say "x"']],
  ])("%s", (path, steps) => {
    expect(parsePath(path)).toEqual(steps);
    const [first = "", ...rest] = steps;
    expect(rest.reduce<string>(childPath, childPath("", first))).toBe(path);
  });

  it("find a value, and undefined where there is none", () => {
    const value = { a: [{ "b.c": 3 }] };
    expect(valueAt(value, 'a[0]["b.c"]')).toBe(3);
    expect(valueAt(value, "a[1].x")).toBeUndefined();
    expect(valueAt(value, "a.length.toString")).toBeUndefined();
  });
});

describe("differences", () => {
  it("names the deepest paths, in order", () => {
    const from = { b: { x: 1, y: 2 }, a: ["p", "q"], same: [1], gone: 1 };
    const to = { b: { x: 1, y: 3 }, a: ["p", "r"], same: [1], new: { z: 1 } };
    expect(differences("", from, to)).toEqual([
      { path: "a[1]", from: "q", to: "r", weak: false },
      { path: "b.y", from: 2, to: 3, weak: false },
      { path: "gone", from: 1, to: undefined, weak: false },
      { path: "new", from: undefined, to: { z: 1 }, weak: false },
    ]);
  });

  it("shows what a list gained and lost, not what moved because of it", () => {
    expect(differences("", { envs: ["A=1", "B=2"] }, { envs: ["X=0", "A=1", "B=2"] })).toEqual([
      { path: "envs[0]", from: undefined, to: "X=0", weak: false },
    ]);
    expect(differences("", { envs: ["A=1", "B=2", "B=2"] }, { envs: ["B=2", "A=1"] })).toEqual([
      { path: "envs[2]", from: "B=2", to: undefined, weak: false },
    ]);
  });

  it("takes an element that changed as a change of it, wherever it stands", () => {
    const from = {
      labels: [
        { label: "host", value: "a" },
        { label: "stack", value: "lab" },
      ],
    };
    const to = {
      labels: [
        { label: "stack", value: "lab" },
        { label: "host", value: "b" },
      ],
    };
    expect(differences("", from, to)).toEqual([{ path: "labels[1].value", from: "a", to: "b", weak: false }]);
  });

  it("calls another order, and a default that is written out, weak", () => {
    expect(differences("", { caps: ["A", "B"] }, { caps: ["B", "A"] })).toEqual([
      { path: "caps", from: ["A", "B"], to: ["B", "A"], weak: true },
    ]);
    expect(
      differences("", { mounts: [{ to: "/x", readOnly: false }] }, { mounts: [{ to: "/x" }] }).map(({ weak }) => weak),
    ).toEqual([true]);
    expect(differences("", { internal: false }, {})).toEqual([
      { path: "internal", from: false, to: undefined, weak: true },
    ]);
    expect(differences("", { internal: true }, {})).toEqual([
      { path: "internal", from: true, to: undefined, weak: false },
    ]);
  });
});

describe("lineDiff", () => {
  const changed = (from: string, to: string): string[] =>
    lineDiff(from, to)
      .filter(({ sign }) => sign !== " ")
      .map(({ sign, text }) => sign + text);

  it("finds inserted, removed and changed lines", () => {
    expect(changed("a\nb\nc\nd", "a\nc\nx\nd")).toEqual(["-b", "+x"]);
  });

  it("shows two unchanged lines around a change and no more", () => {
    expect(lineDiff("1\n2\n3\n4\n5\n6\n7", "1\n2\n3\n4!\n5\n6\n7").map(({ sign, text }) => sign + text)).toEqual([
      " 2",
      " 3",
      "-4",
      "+4!",
      " 5",
      " 6",
    ]);
  });

  it("takes nothing but what differs, and all of it", () => {
    const lines = fc.array(fc.constantFrom("a", "b", "c"), { maxLength: 12 });
    fc.assert(
      fc.property(lines, lines, (from, to) => {
        const diff = changed(from.join("\n"), to.join("\n"));
        const count = (list: readonly string[], line: string): number => list.filter((one) => one === line).length;
        const [before, after] = [from.join("\n").split("\n"), to.join("\n").split("\n")];
        for (const line of new Set([...before, ...after])) {
          expect(count(before, line) - count(diff, `-${line}`) + count(diff, `+${line}`)).toBe(count(after, line));
        }
        if (from.join() === to.join()) expect(diff).toEqual([]);
      }),
    );
  });

  it("shows two very long texts whole instead of taking minutes", () => {
    const long = (prefix: string): string => Array.from({ length: 1500 }, (_, index) => `${prefix}${index}`).join("\n");
    expect(changed(long("a"), long("b"))).toHaveLength(3000);
  });
});
