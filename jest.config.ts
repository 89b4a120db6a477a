import type { Config } from "jest";

const transform: NonNullable<Config["transform"]> = {
  "^.+\\.ts$": ["@swc/jest", { jsc: { target: "es2022", parser: { syntax: "typescript" } } }],
};

/** One jest project per rung of the ladder of tests: unit, then configs, then lab. */
const project = (name: string) => ({
  displayName: name,
  testMatch: [`<rootDir>/tests/${name}/**/*.test.ts`],
  testEnvironment: "node",
  modulePathIgnorePatterns: ["<rootDir>/.vpai/"],
  transform,
});

const config: Config = { projects: [project("unit"), project("configs"), project("lab")] };

export default config;
