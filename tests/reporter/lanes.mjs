import { readFileSync } from "node:fs";
import runner from "jest-runner";

/** Whether a test file asks for a lab that others use, too. */
const sharesLab = ({ path }) => /from "(\.\.?\/)+harness\/shared"/.test(readFileSync(path, "utf8"));

/**
 * Runs the lab tests in two lanes, side by side: the files that share a lab one after another, and those that have their
 * own or none. Most of their time is waiting.
 */
export default class Lanes extends runner.default {
  constructor(globalConfig, context) {
    super({ ...globalConfig, maxWorkers: 1 }, context);
  }

  async runTests(tests, watcher, options) {
    const shared = tests.filter(sharesLab);
    const own = tests.filter((test) => !shared.includes(test));
    const running = [shared, own].filter((lane) => lane.length > 0);
    // A lane in this process would keep the other one waiting.
    await Promise.all(
      running.map((lane) => super.runTests(lane, watcher, { ...options, serial: running.length === 1 })),
    );
  }
}
