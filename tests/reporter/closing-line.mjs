import { writeSync } from "node:fs";

/** Ends a run's output with one line that says how it went: `N passed, N failed`. */
export default class ClosingLine {
  onRunComplete(_contexts, { numPassedTests, numFailedTests, numRuntimeErrorTestSuites }) {
    // At the exit, after everybody else's summary and the teardown.
    process.once("exit", (code) => {
      // A file that cannot be loaded, or a teardown that fails, has no failed test of its own.
      const failed = numFailedTests + numRuntimeErrorTestSuites;
      writeSync(process.stdout.fd, `${numPassedTests} passed, ${failed === 0 && code !== 0 ? 1 : failed} failed\n`);
    });
  }
}
