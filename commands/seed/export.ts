import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { createWriteStream, mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { type Connection, type SeedDatabaseManifest, sumOfFile, sshCommand } from "@vpai/providers";
import { exportScript, seedScript } from "../../capabilities/seeds/script";
import { UserError } from "../../model/finding";
import type { SeededDatabase, StackServer } from "./databases";

/** What is exported, and where it is done. */
export interface Export {
  connection: Connection;
  /** Folder of the databases' dumps in a set, on the host. */
  folder: string;
  /** The container of the live server, which is only looked at: the same image is started beside it. */
  container: string;
  server: Pick<StackServer, "superuser" | "user">;
  databases: readonly SeededDatabase[];
}

/** Sanitised databases on this machine. */
export interface Exported {
  databases: SeedDatabaseManifest[];
  /** Dumps, by database. */
  files: Record<string, string>;
  /** Removes them. */
  forget(): void;
}

/** Exit code of a script that found what its rules do not name. */
const UNKNOWN = 4;

/**
 * Has the databases of a set sanitised on its host; nothing else leaves it.
 * @throws UserError with all that the rules say nothing of, or of what may not leave and is left
 */
export async function exportSeed(wanted: Export): Promise<Exported> {
  const folder = mkdtempSync(path.join(tmpdir(), "vpai-seed-export-"));
  const forget = (): void => rmSync(folder, { recursive: true, force: true });
  try {
    const archive = path.join(folder, "seed.tar");
    const { code, said } = await run(wanted, archive);
    if (code !== 0) throw new UserError(problemOf(code, said));
    await unpack(archive, folder);
    return { ...(await described(folder, wanted.databases)), forget };
  } catch (error) {
    forget();
    throw error;
  }
}

const problemOf = (code: number, said: string): string =>
  code === UNKNOWN
    ? `expected a rule for every table and column that is filled, found none for:\n${said.trim()}\n` +
      "Nothing was exported. Say in the rules beside the database what each holds (docs/seeds.md#rules)."
    : `expected a seed, found a failure (${code}); nothing was exported:\n${said.trim()}`;

/** Scripts as the host reads them, a line each. Made-up values depend on a key that nobody keeps. */
function scriptsOf(databases: readonly SeededDatabase[]): string {
  const key = randomBytes(32).toString("hex");
  return databases
    .flatMap(({ name, seed }) =>
      Object.entries(seedScript(name, seed, key)).map(
        ([kind, script]) => `${name} ${kind} ${Buffer.from(script as string).toString("base64")}\n`,
      ),
    )
    .join("");
}

function run(
  { connection, folder, container, server, databases }: Export,
  archive: string,
): Promise<{ code: number; said: string }> {
  const { superuser, user } = server;
  const names = databases.map(({ name }) => name);
  const argv = [
    "bash",
    "-c",
    exportScript(),
    "seed",
    folder,
    container,
    superuser,
    `${user.uid}:${user.gid}`,
    ...names,
  ];
  const [program = "", ...args] = sshCommand(connection, argv, false);
  const child = spawn(program, args, { stdio: ["pipe", "pipe", "pipe"] });
  let said = "";
  child.stderr.on("data", (text: Buffer) => (said += text.toString()));
  // One that ends early is told by its exit code.
  child.stdin.on("error", () => undefined);
  child.stdin.end(scriptsOf(databases));
  const file = child.stdout.pipe(createWriteStream(archive, { mode: 0o600 }));
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    file.on("error", reject);
    child.on("close", (code) => file.end(() => resolve({ code: code ?? 1, said })));
  });
}

function unpack(archive: string, folder: string): Promise<void> {
  const child = spawn("tar", ["--extract", "--no-same-owner", "--file", archive, "--directory", folder], {
    stdio: "ignore",
  });
  return new Promise((resolve, reject) =>
    child
      .on("error", reject)
      .on("close", (code) =>
        code === 0 ? resolve() : reject(new Error("expected a whole seed, found a part; nothing was exported")),
      ),
  );
}

async function described(
  folder: string,
  databases: readonly SeededDatabase[],
): Promise<Pick<Exported, "databases" | "files">> {
  const rows = readFileSync(path.join(folder, "rows"), "utf8")
    .split("\n")
    .map((line) => line.split("\t"));
  const files = Object.fromEntries(databases.map(({ name }) => [name, path.join(folder, `${name}.dump`)]));
  const manifests = databases.map(async ({ name }) => ({
    name,
    bytes: statSync(files[name] ?? "").size,
    sha256: await sumOfFile(files[name] ?? ""),
    rows: Object.fromEntries(rows.filter(([of]) => of === name).map(([, table = "", count]) => [table, Number(count)])),
  }));
  return { databases: await Promise.all(manifests), files };
}
