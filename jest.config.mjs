const transform = { "^.+\\.[cm]?ts$": "<rootDir>/tests/transform.cjs" };

/** One jest project per rung of the ladder of tests: unit, then configs, then lab, then the lab with all services, and with faults that last. */
const project = (name, options = {}) => ({
  displayName: name,
  testMatch: [`<rootDir>/tests/${name}/**/*.test.ts`],
  testEnvironment: "node",
  testEnvironmentOptions: { globalsCleanup: "on" },
  modulePathIgnorePatterns: ["<rootDir>/.vpai/"],
  // The workspace package's own entry loads TypeScript for processes that have no loader; jest has one.
  moduleNameMapper: { "^@vpai/providers$": "<rootDir>/providers/index.ts" },
  transform,
  ...options,
});

const lab = {
  runner: "<rootDir>/tests/reporter/lanes.mjs",
  globalSetup: "<rootDir>/tests/lab/harness/global-setup.ts",
  globalTeardown: "<rootDir>/tests/lab/harness/global-teardown.ts",
  setupFilesAfterEnv: ["<rootDir>/tests/lab/harness/timeout.ts"],
};

/** Images that are not part of the core take minutes to build, and some faults minutes to be met. */
const NIGHTLY = ["<rootDir>/tests/{configs,lab}/all/**/*.test.ts", "<rootDir>/tests/lab/long/**/*.test.ts"];

export default {
  projects: [
    project("unit"),
    project("configs", { testPathIgnorePatterns: ["<rootDir>/tests/configs/all/"] }),
    project("lab", { ...lab, testPathIgnorePatterns: ["<rootDir>/tests/lab/(all|long)/"] }),
    project("all", { ...lab, testMatch: NIGHTLY }),
  ],
  // A stack's whole graph takes seconds on a busy machine.
  testTimeout: 30_000,
  testSequencer: "<rootDir>/tests/reporter/sequencer.mjs",
  reporters: ["default", "<rootDir>/tests/reporter/closing-line.mjs"],
};
