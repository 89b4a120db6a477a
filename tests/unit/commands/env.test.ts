jest.mock("../../../toolchain/environment", () => ({
  ownSearchPath: "/checkout/bin",
  pulumiVariables: (stack: string) => ({ PATH: "", ASKED_FOR: stack }),
}));

const before = { argv: process.argv, stack: process.env["STACK"] };
afterEach(() => {
  process.argv = before.argv;
  delete process.env["STACK"];
  if (before.stack !== undefined) process.env["STACK"] = before.stack;
});

test.each([
  ["", "lab"],
  ["prod", "prod"],
])("make env STACK=%s is about the stack %s, as every other command is", (given, stack) => {
  process.argv = ["node", "env.ts"];
  process.env["STACK"] = given;
  const log = jest.spyOn(console, "log").mockImplementation();
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- a command runs when it is loaded
  jest.isolateModules(() => void require("../../../commands/env"));
  const printed: unknown[] = log.mock.calls.flat();
  log.mockRestore();
  expect(printed).toEqual([`export PATH='/checkout/bin':"$PATH"`, `export ASKED_FOR='${stack}'`]);
});
