import { npmBinary } from "../../../programs/npm";

const PACKAGES = { amd64: "opencode-linux-x64", arm64: "opencode-linux-arm64" };

test("a program that packages hold as a whole is got as the lab's lock file has it", () => {
  expect(npmBinary("opencode", "1.18.18", PACKAGES)).toEqual({
    name: "opencode",
    version: "1.18.18",
    source: {
      kind: "npm-package",
      node: expect.stringMatching(/^node\/\d+\.\d+\.\d+$/) as string,
      // Integrity of opencode-linux-x64 1.18.18 and opencode-linux-arm64 1.18.18, as published.
      packages: {
        amd64: {
          name: "opencode-linux-x64",
          integrity: "sha512-WmeUnhljYJ252wywKTiW4bNDzsas2njpjPUEh0jM6HKNI4vFxJtREtzaWViY4AKEAcOkLWT8Ll17ixvcHz3AnA==",
        },
        arm64: {
          name: "opencode-linux-arm64",
          integrity: "sha512-e8D3g0qJEIzawEg2+ygW3vkZjAYL2ssyAx4GbihjwXwZFvlZZy5zRWWzdz5KLBoHSTl0FB73vNtnNeXONyHpVQ==",
        },
      },
    },
  });
});

test("another version than the lock file's is refused", () => {
  expect(() => npmBinary("opencode", "1.18.19", PACKAGES)).toThrow(
    "lab/images/opencode/package-lock.json: expected opencode-linux-x64 1.18.19, found 1.18.18",
  );
});
