import { spawnSync } from "node:child_process";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import type { Transport } from "../../../../providers/ssh/transport";
import { hostname } from "../../../../providers/system/hostname";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), "hostname-"));
  writeFileSync(path.join(folder, "hostname"), "#!/bin/sh\necho sese-ai\n");
  chmodSync(path.join(folder, "hostname"), 0o755);
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** A host that is called `sese-ai` now. @param kept text of /etc/hostname; undefined: there is none */
function named(kept: string | undefined): Transport {
  const file = path.join(folder, "kept");
  if (kept !== undefined) writeFileSync(file, kept);
  const env = { ...process.env, PATH: `${folder}:${process.env["PATH"] ?? ""}` };
  const script = (text: string): string =>
    spawnSync("sh", ["-c", text.replaceAll("/etc/hostname", file)], { env, encoding: "utf8" }).stdout;
  return { script: (text: string) => Promise.resolve(script(text)) } as unknown as Transport;
}

test.each([
  ["sese-ai\n", "sese-ai"],
  // As `echo -n` leaves it.
  ["sese-ai", "sese-ai"],
  ["other\n", "sese-ai, after a reboot other"],
  [undefined, "sese-ai, after a reboot"],
])("a host whose file says %j is %s", async (kept, found) =>
  expect(await hostname.observe(named(kept), "sese-ai")).toBe(found),
);
