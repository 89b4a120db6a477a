import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";

/** Runs `use` while every `ssh` that is started has `config` as its user's own, unless it is told to take another one. */
export async function withUserConfig<T>(config: string, use: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(path.join(os.tmpdir(), "user-config-"));
  const file = path.join(folder, "config");
  writeFileSync(file, config.replaceAll("FOLDER", folder));
  // Of two -F the last one counts: that stands for the file in the home directory, which OpenSSH finds by the user's number.
  writeFileSync(path.join(folder, "ssh"), `#!/bin/sh\nexec /usr/bin/ssh -F '${file}' "$@"\n`);
  chmodSync(path.join(folder, "ssh"), 0o755);
  const before = process.env["PATH"];
  process.env["PATH"] = `${folder}:${before ?? ""}`;
  try {
    return await use(folder);
  } finally {
    process.env["PATH"] = before;
    rmSync(folder, { recursive: true, force: true });
  }
}
