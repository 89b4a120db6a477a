import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { projectRoot } from "../../toolchain/environment";
import { readStackFile } from "../secrets/stack-file";
import type { SafetyRow } from "./safety";

const run = promisify(execFile);

const git = async (...args: string[]): Promise<string> => (await run("git", args, { cwd: projectRoot })).stdout.trim();

const HERE = "this machine";

/** Whether what would be brought up is what others have, and whether the stack's secrets open. */
export async function safetyHere(stack: string): Promise<SafetyRow[]> {
  return [await repositoryRow(), await secretsRow(stack)];
}

async function repositoryRow(): Promise<SafetyRow> {
  const row = { where: HERE, check: "repository" };
  try {
    const changed = (await git("status", "--porcelain")).split("\n").filter((line) => line !== "").length;
    if (changed > 0)
      return { ...row, found: `${changed} files are not committed`, mend: "git status; commit or stash them" };
    const ahead = await git("rev-list", "--count", "@{upstream}..HEAD").catch(() => undefined);
    const head = await git("rev-parse", "--short", "HEAD");
    if (ahead === undefined)
      return { ...row, found: `${head}, of a branch that nobody else has`, mend: "git push --set-upstream" };
    return ahead === "0"
      ? { ...row, found: `${head}, as it was pushed` }
      : { ...row, found: `${head}, ${ahead} commits ahead of what was pushed`, mend: "git push" };
  } catch (error) {
    return {
      ...row,
      found: `no repository: ${(error as Error).message.split("\n")[0] ?? ""}`,
      mend: "work in a clone",
    };
  }
}

async function secretsRow(stack: string): Promise<SafetyRow> {
  const row = { where: HERE, check: "secrets" };
  try {
    await readStackFile(stack);
    return { ...row, found: "can be opened" };
  } catch (error) {
    return { ...row, found: (error as Error).message.split("\n")[0] ?? "", mend: "docs/secrets.md" };
  }
}
