import { unfit, withoutOwnDirectories } from "../../../toolchain/official";

describe("unfit", () => {
  const answer = (stdout: string, code = 0) => ({ code, stdout });

  it.each(["v3.250.0\n", "v3.251.1\n"])("accepts %j with a language host", (version) => {
    expect(unfit(answer(version), true)).toBeUndefined();
  });

  it.each([
    ["v3.249.0\n", "expected version 3.250.0 or newer, below 4, found 3.249.0"],
    ["v4.0.0\n", "expected version 3.250.0 or newer, below 4, found 4.0.0"],
  ])("says what is wrong with %j", (version, reason) => {
    expect(unfit(answer(version), true)).toBe(reason);
  });

  it("does not take a program that fails for a Pulumi CLI", () => {
    expect(unfit(answer("v3.250.0", 1), true)).toContain("did not answer");
  });

  it("misses the language host", () => {
    expect(unfit(answer("v3.250.0"), false)).toContain("pulumi-language-nodejs");
  });
});

it("withoutOwnDirectories leaves out what set-up put on the search path, of any checkout", () => {
  expect(withoutOwnDirectories("/a/.vpai/bin:/usr/bin:/b c/.vpai/bin:/x/bin")).toBe("/usr/bin:/x/bin");
});
