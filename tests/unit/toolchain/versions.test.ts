import { compareVersions, formatVersion, isCompatible, parseVersion } from "../../../toolchain/versions";

describe("parseVersion", () => {
  it.each([
    ["v3.250.0\n", [3, 250, 0]],
    ["go version go1.26.8 linux/amd64", [1, 26, 8]],
    ["OpenSSH_9.2p1 Debian-2+deb12u7, OpenSSL 3.0.17", [9, 2, 0]],
    ["20.10.24+dfsg1 (API 1.41)", [20, 10, 24]],
    ["v3.251.0-alpha.1", [3, 251, 0]],
  ])("reads %j", (text, version) => {
    expect(parseVersion(text)).toEqual(version);
  });

  it.each(["", "unknown", "v3"])("finds none in %j", (text) => {
    expect(parseVersion(text)).toBeUndefined();
  });
});

describe("compareVersions", () => {
  it("orders by number, not by text", () => {
    expect(compareVersions([3, 99, 0], [3, 250, 0])).toBeLessThan(0);
    expect(compareVersions([4, 0, 0], [3, 250, 0])).toBeGreaterThan(0);
    expect(compareVersions([3, 250, 1], [3, 250, 0])).toBeGreaterThan(0);
    expect(compareVersions([3, 250, 0], [3, 250, 0])).toBe(0);
  });
});

describe("isCompatible", () => {
  it.each([
    [[3, 250, 0], true],
    [[3, 260, 2], true],
    [[3, 249, 9], false],
    [[4, 0, 0], false],
    [[2, 300, 0], false],
  ] as const)("says of %j for a minimum of 3.250.0: %s", (version, expected) => {
    expect(isCompatible(version, [3, 250, 0])).toBe(expected);
  });
});

it("formats a version", () => {
  expect(formatVersion([3, 250, 0])).toBe("3.250.0");
});
