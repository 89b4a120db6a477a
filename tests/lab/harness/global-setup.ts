import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { copiesDirectory } from "./copy";
import { Lab } from "./lab";
import { upLog } from "./shared";

/** Who works in the copies: the process id of a test run. */
const owner = path.join(copiesDirectory, "owner");

/**
 * Before the lab tests: takes away what an interrupted run left. With `VPAI_TEST_KEEP` set, the shared lab stays after
 * the run and serves the next one, for whoever writes a test.
 * @throws when another run works in this checkout
 */
export default async function setUp(): Promise<void> {
  mkdirSync(copiesDirectory, { recursive: true });
  const other = existsSync(owner) ? Number(readFileSync(owner, "utf8")) : process.pid;
  if (other !== process.pid && isTestRun(other)) {
    throw new Error(`another run of the lab tests (process ${other}) works in this checkout; wait for it`);
  }
  writeFileSync(owner, String(process.pid));
  rmSync(upLog, { force: true });
  if (!process.env["VPAI_TEST_KEEP"]) await removeCopies();
}

/** Process ids are given out again: only one that runs jest is a run of ours. */
const isTestRun = (pid: number): boolean =>
  existsSync(`/proc/${pid}/cmdline`) && readFileSync(`/proc/${pid}/cmdline`, "utf8").includes("jest");

/** Every copy with its lab. */
export async function removeCopies(): Promise<void> {
  const copies = readdirSync(copiesDirectory, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  const removals = await Promise.allSettled(copies.map(({ name }) => Lab.existing(name).remove()));
  const failures = removals.flatMap((removal) => (removal.status === "rejected" ? [removal.reason as Error] : []));
  if (failures.length > 0) throw new AggregateError(failures, failures.map(({ message }) => message).join("\n"));
}
