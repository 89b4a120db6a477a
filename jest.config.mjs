const transform = {
  "^.+\\.[cm]?ts$": ["@swc/jest", { jsc: { target: "es2022", parser: { syntax: "typescript" } } }],
};

/** One jest project per rung of the ladder of tests: unit, then configs, then lab. */
const project = (name) => ({
  displayName: name,
  testMatch: [`<rootDir>/tests/${name}/**/*.test.ts`],
  testEnvironment: "node",
  modulePathIgnorePatterns: ["<rootDir>/.vpai/"],
  // The workspace package's own entry loads TypeScript for processes that have no loader; jest has one.
  moduleNameMapper: { "^@vpai/providers$": "<rootDir>/providers/index.ts" },
  transform,
});

export default { projects: [project("unit"), project("configs"), project("lab")] };
