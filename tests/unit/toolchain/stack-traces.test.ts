import "../../../toolchain/stack-traces";
import * as debuggable from "@pulumi/pulumi/runtime/debuggable";

const { debuggablePromise } = debuggable as unknown as {
  debuggablePromise: (promise: Promise<number>) => Promise<number>;
};

test("the SDK's promises take no stack trace, and give their value and their error", async () => {
  const promise = Promise.resolve(3);
  expect(await debuggablePromise(promise)).toBe(3);
  expect((promise as unknown as { _debugStackTrace: string })._debugStackTrace).not.toContain("stack-traces");
  await expect(debuggablePromise(Promise.reject(new Error("no")))).rejects.toThrow("no");
});

test("errors keep theirs", async () => {
  await debuggablePromise(Promise.resolve(1));
  expect(new Error("here").stack).toContain("stack-traces.test.ts:17:10");
});
