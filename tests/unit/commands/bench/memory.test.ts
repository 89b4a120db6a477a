import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { parseStat, treeMemory, watchPeakMemory } from "../../../../commands/bench/memory";

describe("parseStat", () => {
  it("reads pid, parent and resident pages past a name with spaces and parentheses", () => {
    const fields = ["S", "17", ...Array.from({ length: 19 }, (_, index) => String(index)), "250", "0"];
    expect(parseStat(`4242 (node (tsx) x) ${fields.join(" ")}\n`)).toEqual({
      pid: 4242,
      parent: 17,
      resident: 250 * 4096,
    });
  });

  it("agrees with what the kernel says of this process", () => {
    const own = parseStat(readFileSync("/proc/self/stat", "utf8"));
    expect([own.pid, own.parent]).toEqual([process.pid, process.ppid]);
    const ratio = own.resident / process.memoryUsage.rss();
    expect(ratio).toBeGreaterThan(0.8);
    expect(ratio).toBeLessThan(1.25);
  });
});

describe("treeMemory", () => {
  it("adds up a process and its descendants, and nobody else's", () => {
    const processes = [
      { pid: 1, parent: 0, resident: 1000 },
      { pid: 10, parent: 1, resident: 100 },
      { pid: 11, parent: 10, resident: 20 },
      { pid: 12, parent: 11, resident: 3 },
      { pid: 13, parent: 1, resident: 5000 },
    ];
    expect(treeMemory(10, processes)).toBe(123);
  });
});

describe("watchPeakMemory", () => {
  it("sees memory that a grandchild takes and gives back", async () => {
    const grandchild =
      "setTimeout(() => { let block = Buffer.alloc(200 * 2 ** 20, 1); setTimeout(() => { block = null; }, 300); }, 50)";
    const child = spawn(process.execPath, [
      "-e",
      `require("child_process").spawnSync(process.execPath, ["-e", ${JSON.stringify(grandchild)}])`,
    ]);
    const peak = watchPeakMemory(child.pid ?? 0);
    await once(child, "close");
    const bytes = peak();
    expect(bytes).toBeGreaterThan(200 * 2 ** 20);
    expect(bytes).toBeLessThan(600 * 2 ** 20);
  });
});
