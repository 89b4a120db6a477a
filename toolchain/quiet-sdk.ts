/**
 * What the SDK does at every promise and every resource for those who look for a fault in the SDK itself: it formats a
 * stack trace, which it shows with PULUMI_DEBUG_PROMISE_LEAKS alone, and sends the engine three debug messages, which
 * are shown with `--debug` alone. Together they are a quarter of what an unchanged resource costs, so both are left out;
 * PULUMI_DEBUG_PROMISE_LEAKS and VPAI_SDK_DEBUG bring them back. Imported first, for its effect.
 */
import * as log from "@pulumi/pulumi/log";
import * as debuggable from "@pulumi/pulumi/runtime/debuggable";

type Debuggable = <T>(promise: Promise<T>, context?: unknown) => Promise<T>;

/** `debuggablePromise` is no public part of the SDK: one that lacks it goes on as it is. */
const promises = debuggable as unknown as { debugPromiseLeaks?: boolean; debuggablePromise?: Debuggable };
const { debuggablePromise } = promises;

if (debuggablePromise && !promises.debugPromiseLeaks) {
  promises.debuggablePromise = (promise, context) => {
    const limit = Error.stackTraceLimit;
    Error.stackTraceLimit = 0;
    try {
      return debuggablePromise(promise, context);
    } finally {
      Error.stackTraceLimit = limit;
    }
  };
}

if (!process.env["VPAI_SDK_DEBUG"]) (log as { debug: typeof log.debug }).debug = () => Promise.resolve();
