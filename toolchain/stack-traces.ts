/**
 * The SDK formats a stack trace for every promise that it makes, and shows it with PULUMI_DEBUG_PROMISE_LEAKS alone.
 * Without that switch none is taken. Imported first, for its effect.
 */
import * as debuggable from "@pulumi/pulumi/runtime/debuggable";

type Debuggable = <T>(promise: Promise<T>, context?: unknown) => Promise<T>;

/** `debuggablePromise` is no public part of the SDK: one that lacks it goes on as it is. */
const sdk = debuggable as unknown as { debugPromiseLeaks?: boolean; debuggablePromise?: Debuggable };
const { debuggablePromise } = sdk;

if (debuggablePromise && !sdk.debugPromiseLeaks) {
  sdk.debuggablePromise = (promise, context) => {
    const limit = Error.stackTraceLimit;
    Error.stackTraceLimit = 0;
    try {
      return debuggablePromise(promise, context);
    } finally {
      Error.stackTraceLimit = limit;
    }
  };
}
