import "../without-sdk";
import "../pauses";
import type { Container } from "../../../../providers/docker/container";
import { verdictOn } from "../../../../providers/docker/verdict";
import { LocalRunner } from "../../../../providers/local-runner";
import type { Answer } from "../../../../providers/ssh/transport";

/** When waiting for a container is of no use any more. */

/** Runs nothing; the engine has noted so many out-of-memory kills. */
class Host extends LocalRunner {
  readonly asked: string[][] = [];

  constructor(private readonly kills: number) {
    super();
  }

  override run(argv: readonly string[]): Promise<Answer> {
    this.asked.push([...argv]);
    return Promise.resolve({ code: 0, stdout: `${this.kills}\n`, stderr: "" });
  }
}

const container = (restarts: number, state: Partial<Container["State"]> = {}): Container => ({
  Id: "c0ffee",
  Name: "/vpai_n8n",
  Image: "sha256:1",
  Created: "2026-02-26T12:00:00Z",
  RestartCount: restarts,
  State: { Status: "running", StartedAt: "2026-02-26T12:00:01Z", Pid: 1, ExitCode: 0, ...state },
  Config: { Labels: null },
  HostConfig: { NetworkMode: "backend", Memory: 67_108_864 },
  NetworkSettings: { Networks: {} },
});

const verdict = (
  found: Container,
  { kills = 0, seconds = 3, urgent = true, turned = true } = {},
): Promise<string | undefined> => verdictOn(new Host(kills), found, { seconds, urgent, turned });

const checks = (...log: [number, string][]): Partial<Container["State"]> => ({
  Health: { Status: "starting", Log: log.map(([ExitCode, Output]) => ({ ExitCode, Output })) },
});

const NO_PROGRAM =
  'OCI runtime exec failed: exec failed: unable to start container process: exec: "/no/such": stat /no/such: no such ' +
  "file or directory: unknown";

describe("T19: a program that the kernel ends for want of memory is named as such, with limit and peak", () => {
  const words = (times: string): string =>
    `that it is out of memory: the kernel ended its program ${times}, at a peak of 64 MiB with a limit of 64 MiB`;

  test.each([
    ["between two restarts", container(1, { Status: "restarting", ExitCode: 137, OOMKilled: true }), 1, "once"],
    ["while it runs again, and the engine says no more of it", container(2), 2, "2 times"],
    ["where the engine's notes are gone", container(0, { Status: "restarting", OOMKilled: true }), 0, "once"],
  ])("%s", async (_when, found, kills, times) => {
    expect(await verdict(found, { kills })).toBe(words(times));
  });

  test("and one that ended for another reason, or has no limit, is not", async () => {
    expect(await verdict(container(1, { Status: "restarting", ExitCode: 137 }))).toBeUndefined();
    const unlimited = { ...container(1), HostConfig: { NetworkMode: "backend", Memory: 0 } };
    expect(await verdict(unlimited, { kills: 3 })).toBeUndefined();
  });

  test("and a program that runs is not asked about", async () => {
    const host = new Host(0);
    await verdictOn(host, container(0), { seconds: 3, urgent: true, turned: true });
    expect(host.asked).toEqual([]);
  });
});

describe("a health check that cannot be run", () => {
  test.each([
    [
      "its program is not there",
      checks([-1, NO_PROGRAM], [-1, NO_PROGRAM]),
      'exec: "/no/such": stat /no/such: no such',
    ],
    [
      "a shell does not find it",
      checks([127, "sh: 1: curl: not found\n"], [127, "sh: 1: curl: not found\n"]),
      "sh: 1: curl: not found",
    ],
    [
      "it is no program",
      checks([126, "sh: /x: Permission denied"], [126, "sh: /x: Permission denied"]),
      "sh: /x: Permission denied",
    ],
  ])("because %s ends the waiting", async (_why, state, said) => {
    const found = await verdict(container(0, state));
    expect(found).toContain(
      "that its health check cannot be run, since its command is not in the image or is no program: ",
    );
    expect(found).toContain(said);
    expect(found).not.toContain("OCI runtime");
  });

  test.each([
    ["once only", checks([-1, NO_PROGRAM])],
    ["and then was", checks([-1, NO_PROGRAM], [1, "connection refused"])],
    ["in time", checks([-1, "Health check exceeded timeout (5s)"], [-1, "Health check exceeded timeout (5s)"])],
    ["with success, since the program is not ready", checks([1, ""], [1, ""])],
  ])("%s is waited for", async (_how, state) => {
    expect(await verdict(container(0, state))).toBeUndefined();
  });
});

describe("Docker's own verdict", () => {
  const unhealthy = container(0, {
    Health: { Status: "unhealthy", FailingStreak: 3, Log: [{ ExitCode: 1, Output: "connection refused\n" }] },
  });

  test("is one where another version waits to serve", async () => {
    expect(await verdict(unhealthy)).toBe(
      "that Docker calls it unhealthy: its start period is over, and its health check failed 3 times in a row, " +
        "the last time with: connection refused",
    );
  });

  test.each([
    ["the first version, which may start more slowly than was declared", { urgent: false }],
    ["one that was unhealthy when the watching began", { turned: false }],
  ])("is none on %s", async (_what, watched) => {
    expect(await verdict(unhealthy, watched)).toBeUndefined();
  });

  test.each([
    [
      "one that has just ended, and is called so without a check",
      container(1, { Health: { Status: "unhealthy", FailingStreak: 0, Log: [] } }),
    ],
    ["one that has been started again", container(1, unhealthy.State)],
  ])("is none on %s: the crash loop is told", async (_what, found) => {
    expect(await verdict(found)).toBeUndefined();
  });
});

describe("a crash loop", () => {
  test.each([
    ["five quick restarts", 5, 6, true],
    ["two restarts in 15 seconds, where another version waits to serve", 2, 15, true],
    ["five restarts of the first version", 5, 60, false],
  ])("is %s", async (_what, restarts, seconds, urgent) => {
    expect(await verdict(container(restarts), { seconds, urgent })).toBe(
      `a crash loop: its program ended ${restarts} times`,
    );
  });

  test.each([
    ["two quick restarts", 2, 6, true],
    ["one restart", 1, 60, true],
    ["a few restarts of the first version", 4, 60, false],
  ])("is not %s", async (_what, restarts, seconds, urgent) => {
    expect(await verdict(container(restarts), { seconds, urgent })).toBeUndefined();
  });
});
