import { readFileSync } from "node:fs";
import runner from "jest-runner";

/** How a test file asks for a lab that others use, too. */
const SHARES = /from "(\.\.?\/)+harness\/shared"/;

/**
 * Runs the lab tests in two lanes, side by side: the files that share a lab one after another, and those that have their
 * own or none. Most of their time is waiting.
 */
export default class Lanes extends runner.default {
  constructor(globalConfig, context) {
    super({ ...globalConfig, maxWorkers: 1 }, context);
  }

  async runTests(tests, watcher, options) {
    const shares = new Map(tests.map((test) => [test, SHARES.test(readFileSync(test.path, "utf8"))]));
    const lanes = [tests.filter((test) => shares.get(test)), tests.filter((test) => !shares.get(test))];
    const running = lanes.filter((lane) => lane.length > 0);
    // A lane in this process would keep the other one waiting.
    await Promise.all(
      running.map((lane) => super.runTests(lane, watcher, { ...options, serial: running.length === 1 })),
    );
  }
}
