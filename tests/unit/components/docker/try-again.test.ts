import { log } from "@pulumi/pulumi";
import { FakeEngine } from "../../providers/fake-engine";
import { pauses } from "../../providers/pauses";
import { programEnd } from "../../../../components/docker/end-program";
import { tryAgain } from "../../../../components/docker/try-again";
import { ConnectionLost } from "../../../../providers/ssh/outage";

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

  test("is tried again where the connection is lost once more while its leftover goes", async () => {
    host.put("vpai_redis", "half3", "sha256:redis", labels);
    let cut = true;
    const flaky = (): Promise<FakeEngine> => {
      if (!cut) return Promise.resolve(host);
      cut = false;
      return Promise.reject(new ConnectionLost("the SSH connection was lost while a remote command ran"));
    };
    await expect(afterFailure("create", 1, flaky)).resolves.toBe(true);
    expect(host.list()).toEqual([]);
    expect(givenUp).not.toHaveBeenCalled();
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

describe("T7: an operation whose SSH connection broke", () => {
  const LOST = `command [ssh -F none -l root -p 22 -T -- 192.0.2.1 docker system dial-stdio] has exited with exit status 255, make sure the URL is valid: stderr=`;
  const NOW = 1_700_000_000_000;

  beforeEach(() => {
    jest.useFakeTimers({ now: NOW });
    pauses.mockImplementation((milliseconds) => Promise.resolve(void jest.advanceTimersByTime(milliseconds)));
  });

  afterEach(() => {
    pauses.mockReset().mockResolvedValue();
    jest.useRealTimers();
  });

  /** Fails for good in the end. @returns how long it was tried, in seconds */
  async function secondsOf(failedOperation: string): Promise<number> {
    const hook = tryAgain(target, found, givenUp);
    const errors = [LOST];
    while (await hook({ failedOperation, errors })) errors.unshift(LOST);
    return (Date.now() - NOW) / 1000;
  }

  test.each(["create", "delete"])("is tried again for 90 s: %s", async (operation) => {
    const exit = jest.spyOn(process, "exit").mockImplementation(() => undefined as never);
    const seconds = await secondsOf(operation);
    expect([seconds >= 90, seconds <= 101]).toEqual([true, true]);
    jest.runAllTimers();
    exit.mockRestore();
  });

  test("is told in one sentence, without the command line", async () => {
    await expect(tryAgain(target, found, givenUp)({ failedOperation: "create", errors: [LOST] })).resolves.toBe(true);
    expect(warnings.mock.calls).toEqual([
      [
        "vpai_redis could not be created and is tried again: root@192.0.2.1:22: the SSH connection was lost. Run up again when the network to the host is back.",
      ],
    ]);
  });

  test("does not use up what a failure of another kind may be tried", async () => {
    const hook = tryAgain(target, found, givenUp);
    await expect(hook({ failedOperation: "create", errors: [LOST] })).resolves.toBe(true);
    await expect(hook({ failedOperation: "create", errors: ["no luck", LOST] })).resolves.toBe(true);
    await expect(hook({ failedOperation: "create", errors: ["no luck", "no luck", LOST] })).resolves.toBe(false);
  });
});
