import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import os from "node:os";
import { lifeOfLock } from "../../../../commands/state/locks";
import { identityOf } from "../../../../commands/state/process";

const started: ChildProcess[] = [];
afterAll(() => started.forEach((child) => child.kill("SIGKILL")));

const start = (command: string, args: string[]): ChildProcess => {
  const child = spawn(command, args, { stdio: ["ignore", "pipe", "ignore"] });
  started.push(child);
  return child;
};

const now = (): string => new Date().toISOString();

test("T1: a process that nobody has reaped yet is gone", async () => {
  // The shell starts one that ends, and becomes a program that never waits for it.
  const parent = start("sh", ["-c", "sleep 0.3 & echo $!; exec sleep 60"]);
  const zombie = await firstNumber(parent);
  await new Promise((resolve) => setTimeout(resolve, 1000));
  expect(spawnSync("ps", ["-o", "stat=", "-p", String(zombie)]).stdout.toString()).toMatch(/^Z/);
  expect(lifeOfLock({ pid: zombie, hostname: os.hostname(), timestamp: now() }, [])).toBe("gone");
});

test("T1: a process that has the number of one that is gone is another one", () => {
  const hourAgo = new Date(Date.now() - 3_600_000).toISOString();
  const child = start("sleep", ["60"]);
  expect(lifeOfLock({ pid: child.pid ?? 0, hostname: os.hostname(), timestamp: hourAgo }, [])).toBe("gone");
  const noted = { ...identityOf(child.pid), started: "1" };
  expect(lifeOfLock({ pid: child.pid ?? 0, hostname: os.hostname(), timestamp: now() }, [noted])).toBe("gone");
});

test("T1: a process that runs is told by its note and without one", () => {
  const child = start("sleep", ["60"]);
  const lock = { pid: child.pid ?? 0, hostname: os.hostname(), timestamp: now() };
  expect(lifeOfLock(lock, [])).toBe("lives");
  expect(lifeOfLock(lock, [identityOf(child.pid)])).toBe("lives");
});

/** A process in a process id namespace of its own, with a number that is free here. @returns that number */
async function runInNamespace(): Promise<number> {
  const script = "echo 3999990 > /proc/sys/kernel/ns_last_pid; sleep 60 & echo $!; wait";
  const args = ["--user", "--map-root-user", "--pid", "--fork", "--kill-child", "--mount-proc", "sh", "-c", script];
  const child = start("unshare", args);
  return firstNumber(child);
}

test("E3: a live run in another PID namespace with the same host name lives", async () => {
  const inner = await runInNamespace();
  expect(spawnSync("ps", ["-p", String(inner)]).status).toBe(1);
  expect(lifeOfLock({ pid: inner, hostname: os.hostname(), timestamp: now() }, [])).toBe("lives");
});

test("E3: a run of another computer, or of another start of one that cannot be told, is not called gone", () => {
  expect(lifeOfLock({ pid: 1, hostname: "elsewhere", timestamp: now() }, [])).toBe("unknown");
  const elsewhere = { ...identityOf(), pid: 4, boot: "another", machine: "another" };
  expect(lifeOfLock({ pid: 4, hostname: os.hostname() }, [elsewhere])).toBe("unknown");
});

test("T1: a run before the computer's last start is gone", () => {
  const before = { ...identityOf(), boot: "another" };
  expect(lifeOfLock({ pid: before.pid, hostname: os.hostname() }, [before])).toBe("gone");
});

function firstNumber({ stdout }: ChildProcess): Promise<number> {
  return new Promise((resolve) => stdout?.once("data", (chunk: Buffer) => resolve(Number(chunk.toString("utf8")))));
}
