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

const daemonAway = (stderr: string): Error =>
  new CommandError("host", ["docker", "inspect"], { code: 1, stdout: "", stderr });

const API_29 =
  "failed to connect to the docker API at unix:///var/run/docker.sock; check if the path is correct and if the daemon is running: dial unix /var/run/docker.sock: connect: no such file or directory";

test.each([
  ["a reboot cuts short", new ConnectionLost("lost")],
  ["a reboot cuts short in a wrapped error", new Error("wrapped", { cause: new ConnectionLost("lost") })],
  [
    "finds the engine away",
    daemonAway("Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?"),
  ],
  ["finds an engine of version 29 away", daemonAway(API_29)],
  ["finds the engine away at the start of a container", daemonAway(`docker: ${API_29}\n\nRun 'docker run --help'`)],
  ["loses the engine", daemonAway('error during connect: Get "http://%2Fvar%2Frun%2Fdocker.sock/v1.45/info": EOF')],
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

test.each([
  "no such file",
  `host: expected a Docker engine that answers within 90 s, found: ${API_29}`,
  `vpai_x is not healthy. Its last 30 log lines:\n${API_29}`,
])("every other error is one at once: %s", async (message) => {
  const work = failing(1, new Error(message));
  await expect(throughOutages(work)).rejects.toThrow(message);
  expect([work.mock.calls.length, pauses.mock.calls.length]).toEqual([1, 0]);
});
