import { flagOf } from "../../../../commands/terminal/flag";

test.each([
  [undefined, false],
  ["", false],
  ["1", true],
])("PUSH=%s is %s", (value, expected) => {
  expect(flagOf("PUSH", { PUSH: value })).toBe(expected);
});

test.each(["0", "no", "false", "yes", "true", " 1", "11"])("PUSH=%j is refused: it may mean either", (value) => {
  expect(() => flagOf("PUSH", { PUSH: value })).toThrow(
    `  PUSH\n    expected: 1, or nothing\n    found:    ${JSON.stringify(value)}\n    to do:    say PUSH=1, or no PUSH`,
  );
});
