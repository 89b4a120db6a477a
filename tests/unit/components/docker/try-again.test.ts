import { log } from "@pulumi/pulumi";
import { FakeEngine } from "../../providers/fake-engine";
import { pauses } from "../../providers/pauses";
import { programEnd } from "../../../../components/docker/end-program";
import { tryAgain } from "../../../../components/docker/try-again";

const warnings = jest.spyOn(log, "warn").mockResolvedValue();
const complaints = jest.spyOn(log, "error").mockResolvedValue();

const labels = { "dev.vpai.service": "redis" };
const target = { kind: "container" as const, name: "vpai_redis", labels, adopt: false };
const givenUp = jest.fn(() => Promise.resolve());
const found = (): Promise<FakeEngine> => Promise.resolve(host);
let host: FakeEngine;

/** What the engine is told after an operation failed for the nth time. */
const afterFailure = (failedOperation: string, count: number, runner = found): Promise<boolean> =>
  tryAgain(target, runner, givenUp)({ failedOperation, errors: Array.from({ length: count }, () => "no luck") });

beforeEach(() => {
  jest.clearAllMocks();
  host = new FakeEngine();
});

describe("a removal that failed", () => {
  test("is tried again", async () => {
    await expect(afterFailure("delete", 5)).resolves.toBe(true);
    expect(pauses.mock.calls).toEqual([[3000]]);
  });

  test("for good ends the program, which the engine would keep waiting for ever", async () => {
    jest.useFakeTimers();
    await expect(afterFailure("delete", 6)).resolves.toBe(false);
    expect(complaints).toHaveBeenCalledWith(expect.stringMatching(/^vpai_redis .*no luck; run up again$/));
    await jest.advanceTimersByTimeAsync(61_000);
    await expect(programEnd).resolves.toBeUndefined();
    jest.useRealTimers();
  });
});

describe("a creation that failed", () => {
  test("is tried again, without what it left under its name", async () => {
    host.put("vpai_redis", "half1", "sha256:redis", labels);
    await expect(afterFailure("create", 1)).resolves.toBe(true);
    expect(pauses.mock.calls).toEqual([[3000]]);
    expect(host.list()).toEqual([]);
    expect(warnings.mock.calls).toEqual([["vpai_redis could not be created and is tried again: no luck"]]);
    expect(givenUp).not.toHaveBeenCalled();
  });

  test("twice is given up, and what the second one left stays to be looked at", async () => {
    host.put("vpai_redis", "half2", "sha256:redis", labels);
    await expect(afterFailure("create", 2)).resolves.toBe(false);
    expect(host.list()).toEqual(["vpai_redis sha256:redis runs"]);
    expect(givenUp).toHaveBeenCalledTimes(1);
  });

  test("is given up at once where the name is taken by somebody else's", async () => {
    host.put("vpai_redis", "other1", "sha256:other");
    await expect(afterFailure("create", 1)).resolves.toBe(false);
    expect(host.list()).toEqual(["vpai_redis sha256:other runs"]);
    expect(warnings).toHaveBeenLastCalledWith(expect.stringContaining("is not this stack's"));
    expect(givenUp).toHaveBeenCalledTimes(1);
  });

  test("is given up at once where the host cannot be reached", async () => {
    const gone = (): Promise<FakeEngine> => Promise.reject(new Error("cannot connect over SSH"));
    await expect(afterFailure("create", 1, gone)).resolves.toBe(false);
    expect(warnings).toHaveBeenLastCalledWith(expect.stringContaining("cannot connect over SSH"));
    expect(givenUp).toHaveBeenCalledTimes(1);
  });
});

test("an update that failed is not tried again", async () => {
  await expect(afterFailure("update", 1)).resolves.toBe(false);
  expect([pauses, givenUp].map(({ mock }) => mock.calls.length)).toEqual([0, 0]);
});
