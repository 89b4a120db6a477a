const transform = {
  "^.+\\.[cm]?ts$": ["@swc/jest", { jsc: { target: "es2022", parser: { syntax: "typescript" } } }],
};

/** One jest project per rung of the ladder of tests: unit, then configs, then lab. */
const project = (name, options = {}) => ({
  displayName: name,
  testMatch: [`<rootDir>/tests/${name}/**/*.test.ts`],
  testEnvironment: "node",
  modulePathIgnorePatterns: ["<rootDir>/.vpai/"],
  // The workspace package's own entry loads TypeScript for processes that have no loader; jest has one.
  moduleNameMapper: { "^@vpai/providers$": "<rootDir>/providers/index.ts" },
  transform,
  ...options,
});

/** Milliseconds for one lab test. Most run `pulumi` a few times, and one of them may have to wait for a service. */
const LAB_TIMEOUT = 300_000;

const lab = {
  globalSetup: "<rootDir>/tests/lab/harness/global-setup.ts",
  globalTeardown: "<rootDir>/tests/lab/harness/global-teardown.ts",
  testTimeout: LAB_TIMEOUT,
};

export default {
  projects: [project("unit"), project("configs"), project("lab", lab)],
  testSequencer: "<rootDir>/tests/reporter/sequencer.mjs",
  reporters: ["default", "<rootDir>/tests/reporter/closing-line.mjs"],
};
