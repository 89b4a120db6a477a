/** Ends a run's output with one line that says how it went: `N passed, N failed`. */
export default class ClosingLine {
  onRunComplete(_contexts, results) {
    // A file that cannot even be loaded has no failed test, yet it failed.
    const failed = results.numFailedTests + results.numRuntimeErrorTestSuites;
    process.stdout.write(`${results.numPassedTests} passed, ${failed} failed\n`);
  }
}
