import { catalogue } from "../../../lab/images/catalogue";
import { PEAKS } from "../../../diagram/memory-peaks";
import { memoryLines, memoryTable, sumsOf } from "../../../diagram/memory-table";
import vpai from "../../../platforms/vpai/platform";
import { containerServices } from "../platforms/vpai/services/container-services";

const lines = memoryLines(vpai, "sese-ai", PEAKS);

test("limits and peaks fit in the 8 GB of the host, the system's reserve included", () => {
  const { limits, peaks } = sumsOf(lines);
  expect(limits).toBeLessThanOrEqual(8192);
  expect(peaks).toBeLessThanOrEqual(limits);
  expect(lines.find(({ what }) => what.startsWith("the system"))?.limit).toBe(1024);
});

test("two sandboxes of 512 MiB are counted", () => {
  expect(lines).toContainEqual({ what: "2 containers that sandboxes makes, of 512", limit: 1024, peak: undefined });
});

test("the nightly collector is counted beside its service", () => {
  expect(lines).toContainEqual({ what: "the job obsidian-collector", limit: 128, peak: undefined });
});

test("every service has a line", () => {
  const names = containerServices.filter(({ group }) => group !== "vpn").map(({ name }) => name);
  expect(lines.map(({ what }) => what)).toEqual(expect.arrayContaining(names));
});

test("measured is only what the program itself shows: the services whose program the lab really runs, and below their limits", () => {
  const real = containerServices.filter(({ run }) =>
    catalogue.some(({ reference, program }) => reference === run.image && program === "real"),
  );
  expect(real.map(({ name }) => name)).toEqual(expect.arrayContaining(Object.keys(PEAKS.mib)));
  for (const { what, limit, peak = 0 } of lines) expect([what, peak < limit]).toEqual([what, true]);
});

test("the table has a line for each, and the sums", () => {
  const service = vpai.services.filter(({ name }) => name === "sandboxes");
  const text = memoryTable({ ...vpai, services: service }, "sese-ai", {
    measuredOn: "2026-01-02",
    mib: { sandboxes: 40 },
  });
  expect(text).toContain("of 2026-01-02");
  expect(text).toContain(
    "| sandboxes | 80 | 40 | 40 |\n| 2 containers that sandboxes makes, of 512 | 1024 | none | 1024 |\n",
  );
  expect(text).toContain("| **sum** | **2128** | | **2088** |");
});
