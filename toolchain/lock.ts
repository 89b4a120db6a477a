import { spawn } from "node:child_process";
import { mkdirSync } from "node:fs";
import path from "node:path";
import { report } from "./progress";

/** After how long one who waits is told so, in milliseconds. */
const noticeDelay = 2000;

/**
 * Does `work` while no other process holds the lock on `file`. The lock is the kernel's: it goes with the process that
 * holds it, however that ends, so there is no stale lock to recover. The empty file stays.
 */
export async function withLock<T>(file: string, work: () => Promise<T>): Promise<T> {
  mkdirSync(path.dirname(file), { recursive: true });
  const release = await acquire(file);
  try {
    return await work();
  } finally {
    await release();
  }
}

/** A child holds the lock until its standard input is closed, which the kernel does when this process ends. */
function acquire(file: string): Promise<() => Promise<void>> {
  const holder = spawn("flock", ["--exclusive", file, "sh", "-c", "echo held; exec cat >/dev/null"], {
    stdio: ["pipe", "pipe", "inherit"],
    detached: true,
  });
  const ended = new Promise<void>((resolve) => holder.on("close", () => resolve()));
  const release = () => {
    holder.stdin.end();
    return ended;
  };
  const notice = setTimeout(() => report(`waiting for another process that holds ${file}`), noticeDelay);
  return new Promise<() => Promise<void>>((resolve, reject) => {
    holder.on("error", (error) =>
      reject(new Error(`cannot lock ${file}: flock (package util-linux): ${error.message}`)),
    );
    holder.stdout.once("data", () => resolve(release));
    void ended.then(() => reject(new Error(`cannot lock ${file}: flock ended early`)));
  }).finally(() => clearTimeout(notice));
}
