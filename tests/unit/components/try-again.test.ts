import { log } from "@pulumi/pulumi";
import { FakeEngine } from "../providers/fake-engine";
import { pauses } from "../providers/pauses";
import { createAgain, removeAgain } from "../../../components/docker/try-again";

const failures = (count: number): string[] => Array.from({ length: count }, () => "connection reset by peer");

const warnings = jest.spyOn(log, "warn").mockResolvedValue();
const errors = jest.spyOn(log, "error").mockResolvedValue();

beforeEach(() => jest.clearAllMocks());

test("a removal that failed is tried again", async () => {
  await expect(removeAgain("vpai_redis", failures(1))).resolves.toBe(true);
  expect(pauses.mock.calls).toEqual([[3000]]);
});

test("one that fails for good ends the program, which the engine would keep waiting for ever", async () => {
  jest.useFakeTimers();
  const exit = jest.spyOn(process, "exit").mockImplementation(() => undefined as never);
  await expect(removeAgain("vpai_redis", failures(6))).resolves.toBe(false);
  expect(errors).toHaveBeenCalledWith(expect.stringMatching(/^vpai_redis .*connection reset by peer; run up again$/));
  expect(exit).not.toHaveBeenCalled();
  jest.runAllTimers();
  expect(exit).toHaveBeenCalledWith(1);
  exit.mockRestore();
  jest.useRealTimers();
});

describe("a creation that failed", () => {
  const labels = { "dev.vpai.service": "redis" };
  const target = { kind: "container" as const, name: "vpai_redis", labels, adopt: false };
  const runner = (): Promise<FakeEngine> => Promise.resolve(host);
  let host: FakeEngine;

  beforeEach(() => {
    host = new FakeEngine();
  });

  test("is tried again, without what it left under its name", async () => {
    host.put("vpai_redis", "half1", "sha256:redis", labels);
    await expect(createAgain(target, runner, failures(1))).resolves.toBe(true);
    expect(pauses.mock.calls).toEqual([[3000]]);
    expect(host.list()).toEqual([]);
    expect(warnings.mock.calls).toEqual([
      ["vpai_redis could not be created and is tried again: connection reset by peer"],
    ]);
  });

  test("is tried again once, and what the second one left stays to be looked at", async () => {
    host.put("vpai_redis", "half2", "sha256:redis", labels);
    await expect(createAgain(target, runner, failures(2))).resolves.toBe(false);
    expect(host.list()).toEqual(["vpai_redis sha256:redis runs"]);
  });

  test("is not tried again where the name is taken by somebody else's", async () => {
    host.put("vpai_redis", "other1", "sha256:other");
    await expect(createAgain(target, runner, failures(1))).resolves.toBe(false);
    expect(host.list()).toEqual(["vpai_redis sha256:other runs"]);
    expect(warnings).toHaveBeenLastCalledWith(expect.stringContaining("is not this stack's"));
  });

  test("is not tried again where the host cannot be reached", async () => {
    const gone = (): Promise<FakeEngine> => Promise.reject(new Error("cannot connect over SSH"));
    await expect(createAgain(target, gone, failures(1))).resolves.toBe(false);
    expect(warnings).toHaveBeenLastCalledWith(expect.stringContaining("cannot connect over SSH"));
  });
});
