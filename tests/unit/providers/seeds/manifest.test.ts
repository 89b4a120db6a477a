import { dumpKey, manifestIn, manifestKey, seedAge, seedName } from "../../../../providers/seeds/manifest";

test("a seed is named by the moment of its export, and lies in a folder of that name", () => {
  const name = seedName(new Date("2026-11-29T03:50:12.345Z"));
  expect(name).toBe("20261129T035012Z");
  expect(manifestKey(name)).toBe("seeds/20261129T035012Z/manifest.json");
  expect(dumpKey(name, "n8n")).toBe("seeds/20261129T035012Z/n8n.dump");
});

test.each([
  ["2026-11-29T03:00:00Z", "3 days"],
  ["2026-12-01T03:00:00Z", "25 hours"],
  ["2026-12-02T03:57:30Z", "2 minutes"],
  ["2026-12-02T03:59:59Z", "0 minutes"],
  ["2027-01-01T00:00:00Z", "0 minutes"],
])("data of %s are %s old", (moment, age) => {
  expect(seedAge({ moment }, new Date("2026-12-02T04:00:00Z"))).toBe(age);
});

test("another text than a manifest is refused, and not quoted", () => {
  for (const text of ["<html>secret", '{"format":2,"databases":[]}', '{"format":1}'])
    expect(() => manifestIn(text)).toThrow(
      /^expected the manifest of a seed in format 1.*: use another seed, or export one with this version$/,
    );
});
