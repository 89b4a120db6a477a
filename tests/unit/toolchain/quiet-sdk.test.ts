import "../../../toolchain/quiet-sdk";
import type { log as sdkLog } from "@pulumi/pulumi";
import * as debuggable from "@pulumi/pulumi/runtime/debuggable";

type Log = typeof sdkLog;

const { debuggablePromise } = debuggable as unknown as {
  debuggablePromise: (promise: Promise<number>) => Promise<number>;
};

test("the SDK's promises take no stack trace, and give their value and their error", async () => {
  const promise = Promise.resolve(3);
  expect(await debuggablePromise(promise)).toBe(3);
  expect((promise as unknown as { _debugStackTrace: string })._debugStackTrace).not.toContain("quiet-sdk");
  await expect(debuggablePromise(Promise.reject(new Error("no")))).rejects.toThrow("no");
});

test("errors keep theirs", async () => {
  await debuggablePromise(Promise.resolve(1));
  expect(new Error("here").stack).toContain("quiet-sdk.test.ts:20:10");
});

describe("the SDK's debug messages", () => {
  afterEach(() => {
    delete process.env["VPAI_SDK_DEBUG"];
  });

  /** The SDK's functions as it has them, and as they are once the module has been loaded. */
  function loggers(): Record<"before" | "after", Log> {
    let found: ReturnType<typeof loggers> | undefined;
    jest.isolateModules(() => {
      // eslint-disable-next-line @typescript-eslint/no-require-imports -- a fresh copy of the SDK
      const log = require("@pulumi/pulumi/log") as Log;
      const before = { ...log };
      // eslint-disable-next-line @typescript-eslint/no-require-imports -- anew for each environment
      require("../../../toolchain/quiet-sdk");
      found = { before, after: log };
    });
    if (found === undefined) throw new Error("nothing was loaded");
    return found;
  }

  it("are not sent; all others are", async () => {
    const { before, after } = loggers();
    expect(after.debug).not.toBe(before.debug);
    expect(await after.debug("nobody sees this")).toBeUndefined();
    expect([after.info, after.warn, after.error]).toEqual([before.info, before.warn, before.error]);
  });

  it("are sent when they are asked for", () => {
    process.env["VPAI_SDK_DEBUG"] = "true";
    const { before, after } = loggers();
    expect(after.debug).toBe(before.debug);
  });
});
