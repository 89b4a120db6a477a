import { pauses } from "./pauses";
import { ConnectionLost } from "../../../providers/ssh/outage";
import { CommandError } from "../../../providers/ssh/transport";
import { throughOutages } from "../../../providers/through-outages";

const NOW = 1_700_000_000_000;

beforeEach(() => {
  jest.useFakeTimers({ now: NOW });
  pauses.mockReset().mockImplementation((milliseconds) => Promise.resolve(void jest.advanceTimersByTime(milliseconds)));
});

afterEach(() => jest.useRealTimers());

/** Work that fails so often before it succeeds. */
const failing = (times: number, error: Error): jest.Mock<Promise<string>, []> =>
  jest.fn(() => ((times -= 1) < 0 ? Promise.resolve("done") : Promise.reject(error)));

const daemonAway = new CommandError("host", ["docker", "inspect"], {
  code: 1,
  stdout: "",
  stderr: "Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?",
});

test.each([
  ["a reboot cuts short", new ConnectionLost("lost")],
  ["a reboot cuts short in a wrapped error", new Error("wrapped", { cause: new ConnectionLost("lost") })],
  ["finds the engine away", daemonAway],
  [
    "finds the engine away by a look",
    new Error("host: docker inspect of a failed: Cannot connect to the Docker daemon"),
  ],
])("T9: work that %s is done again from its beginning", async (_what, error) => {
  const work = failing(5, error);
  await expect(throughOutages(work)).resolves.toBe("done");
  expect(work).toHaveBeenCalledTimes(6);
  expect(pauses.mock.calls.flat()).toEqual([1000, 2000, 4000, 8000, 10_000]);
});

test("T9: a host that stays away is given up after 90 s", async () => {
  const work = failing(1000, new ConnectionLost("lost"));
  await expect(throughOutages(work)).rejects.toThrow("lost");
  expect(Date.now() - NOW).toBeGreaterThanOrEqual(90_000);
  expect(Date.now() - NOW).toBeLessThanOrEqual(100_000);
});

test("every other error is one at once", async () => {
  const work = failing(1, new Error("no such file"));
  await expect(throughOutages(work)).rejects.toThrow("no such file");
  expect([work.mock.calls.length, pauses.mock.calls.length]).toEqual([1, 0]);
});
