import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { withLock } from "../../../toolchain/lock";

describe("withLock", () => {
  let directory: string;
  beforeEach(() => {
    directory = mkdtempSync(path.join(tmpdir(), "lock-"));
  });
  afterEach(() => rmSync(directory, { recursive: true }));

  it("lets one do its work at a time, also after a failure", async () => {
    const file = path.join(directory, "new", "lock");
    let inside = 0;
    let most = 0;
    const work = async (fail: boolean) => {
      most = Math.max(most, ++inside);
      await delay(20);
      inside -= 1;
      if (fail) throw new Error("failed inside");
      return "done";
    };
    const results = await Promise.allSettled(
      [false, true, false, false].map((fail) => withLock(file, () => work(fail))),
    );
    expect(most).toBe(1);
    expect(results.map(({ status }) => status).sort()).toEqual(["fulfilled", "fulfilled", "fulfilled", "rejected"]);
  });

  it.each(["", '{"pid": 12, "ho'])("E2: asks nothing of what is in its file: %j", async (content) => {
    const file = path.join(directory, "lock");
    writeFileSync(file, content);
    expect(await withLock(file, async () => "done")).toBe("done");
  });

  it("is free again when the process that held it was killed", async () => {
    const file = path.join(directory, "lock");
    const holder = spawn("flock", [file, "sleep", "60"], { stdio: "ignore", detached: true });
    await delay(200);
    let got = false;
    const waiting = withLock(file, async () => {
      got = true;
    });
    await delay(200);
    expect(got).toBe(false);
    process.kill(-(holder.pid ?? 0), "SIGKILL");
    await waiting;
    expect(got).toBe(true);
  });
});
