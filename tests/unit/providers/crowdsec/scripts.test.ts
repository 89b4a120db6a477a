import { spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { START_ENGINE } from "../../../../providers/crowdsec/scripts";

let folder: string;
const file = (name: string): string => path.join(folder, name);

beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), "crowdsec-"));
  for (const name of ["bin", "etc/bouncers", "run"]) mkdirSync(file(name), { recursive: true });
  for (const [name, text] of [
    ["crowdsec", "#!/bin/sh\n"],
    ["systemctl", `#!/bin/sh\necho "$@" >> '${folder}/asked'\n`],
  ] as const) {
    writeFileSync(file(`bin/${name}`), text);
    chmodSync(file(`bin/${name}`), 0o755);
  }
  writeFileSync(file("etc/whitelist.yaml"), "one\n");
  writeFileSync(file("etc/bouncers/key"), "secret\n");
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** What is asked of systemd for the engine itself. */
function start(): string[] {
  writeFileSync(file("asked"), "");
  const script = START_ENGINE.replaceAll("/etc/crowdsec", file("etc")).replaceAll("/run/", `${file("run")}/`);
  const env = { ...process.env, PATH: `${file("bin")}:${process.env["PATH"] ?? ""}` };
  const { status, stderr } = spawnSync("sh", ["-c", script], { env, encoding: "utf8" });
  expect([status, stderr]).toEqual([0, ""]);
  return readFileSync(file("asked"), "utf8").match(/^(re)?start crowdsec\.service$/gm) ?? [];
}

test("an engine that was started with its files runs on", () => {
  expect(start()).toEqual(["restart crowdsec.service"]);
  expect(start()).toEqual(["start crowdsec.service"]);
  writeFileSync(file("etc/bouncers/key"), "another\n");
  expect(start()).toEqual(["start crowdsec.service"]);
});

test("files that an interrupted run, or somebody, has changed are read by a restart", () => {
  start();
  writeFileSync(file("etc/whitelist.yaml"), "two\n");
  expect(start()).toEqual(["restart crowdsec.service"]);
  expect(start()).toEqual(["start crowdsec.service"]);
});
