import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import path from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { projectRoot } from "../../../toolchain/environment";

const watchdog = path.join(projectRoot, "toolchain", "language-host", "watchdog.cjs");

/** A process that lives until the watchdog ends it. */
const watched = `
  require(${JSON.stringify(watchdog)}).onEngineGone(() => process.exit(3));
  setInterval(() => {}, 1000);
  console.log(process.pid);
`;

/** A process that starts the watched one; what is on the watched one's standard input is the point. */
const parent = (input: "pipe" | "ignore"): string => `
  const { spawn } = require("node:child_process");
  const child = spawn(process.execPath, ["-e", ${JSON.stringify(watched)}], { stdio: ["${input}", "inherit", "inherit"], detached: true });
  setInterval(() => child.pid, 1000);
`;

/** A process that has ended but that nobody has asked for yet (state Z) does not count. */
function isAlive(pid: number): boolean {
  try {
    return !/\) Z /.test(readFileSync(`/proc/${pid}/stat`, "utf8"));
  } catch {
    return false;
  }
}

describe("a process with the watchdog", () => {
  it.each(["pipe", "ignore"] as const)(
    "ends soon after its parent was killed, with %s as standard input",
    async (input) => {
      const engine = spawn(process.execPath, ["-e", parent(input)], { stdio: ["ignore", "pipe", "inherit"] });
      const [output] = (await once(engine.stdout, "data")) as [Buffer];
      const pid = Number(output.toString());
      await delay(700);
      expect(isAlive(pid)).toBe(true);
      engine.kill("SIGKILL");
      const deadline = Date.now() + 2000;
      while (isAlive(pid) && Date.now() < deadline) await delay(50);
      expect(isAlive(pid)).toBe(false);
    },
  );
});
