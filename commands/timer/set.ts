import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { problemsOf, UserError } from "../../model/finding";
import { projectRoot } from "../../toolchain/environment";
import { stackFile } from "../engine/stack-file";
import { chosenStack } from "../stack/pulumi";
import { type Chore, timerName, type TimerPlace, timerUnits, unitFolder } from "./units";

/**
 * Has systemd on this computer do something again and again, or no more, as ACTION says: on or off.
 * @returns the exit code
 */
export function setTimer(chore: Chore): number {
  const { ACTION: action = "", PULUMI_CONFIG_PASSPHRASE_FILE: passphrase } = process.env;
  const stack = chosenStack();
  const units = timerUnits(chore, placeOf(stack, passphrase, action));
  const isRoot = process.getuid?.() === 0;
  const folder = unitFolder(isRoot, os.homedir());
  const scope = isRoot ? [] : ["--user"];
  expectSystemd(scope);
  const systemctl = (...args: string[]): void =>
    void execFileSync("systemctl", [...scope, ...args], { stdio: ["ignore", 2, 2], env: process.env });
  const timer = `${timerName(chore, stack)}.timer`;
  if (action === "on") {
    mkdirSync(folder, { recursive: true });
    for (const [name, text] of Object.entries(units)) writeFileSync(path.join(folder, name), text);
    systemctl("daemon-reload");
    systemctl("enable", "--now", timer);
    const list = `systemctl ${isRoot ? "" : "--user "}list-timers ${timer}`;
    console.log(`${timer} in ${folder}: ${chore.does(stack)}, ${chore.when}; to see when next: ${list}`);
    if (!isRoot) console.log("It runs while you are logged in; always: loginctl enable-linger");
    return 0;
  }
  if (existsSync(path.join(folder, timer))) systemctl("disable", "--now", timer);
  for (const name of Object.keys(units)) rmSync(path.join(folder, name), { force: true });
  systemctl("daemon-reload");
  console.log(`${timer} is on this computer no more`);
  return 0;
}

/** Before a unit is written that nobody would ever look at. @throws UserError */
function expectSystemd(scope: readonly string[]): void {
  const asked = ["show", "--property", "Version"];
  const { error, status, stderr } = spawnSync("systemctl", [...scope, ...asked], {
    encoding: "utf8",
    env: process.env,
  });
  if (error === undefined && status === 0) return;
  const found = error?.message ?? stderr.trim();
  throw new UserError(
    `expected systemd on this computer, which keeps the time, found that \`systemctl ${[...scope, ...asked].join(" ")}\` fails: ` +
      `${found}. Nothing was changed; set the timer on a computer that runs it, logged in as whom it is for`,
  );
}

/** @throws UserError for an action that there is not, and where nobody would know the passphrase */
function placeOf(stack: string, passphraseFile: string | undefined, action: string): TimerPlace {
  const title = "What the command was given";
  if (action !== "on" && action !== "off")
    throw problemsOf(title, [
      {
        where: "ACTION",
        expected: "on or off",
        found: action === "" ? "nothing" : `"${action}"`,
        mend: "say ACTION=on",
      },
    ]);
  if (action === "on" && stack !== "lab" && !passphraseFile)
    throw problemsOf(title, [
      {
        where: "PULUMI_CONFIG_PASSPHRASE_FILE",
        expected: `a file with the passphrase of ${stack}, which nobody types at a timer`,
        found: "nothing",
        mend: "write one that only you can read, and name it in the environment",
      },
    ]);
  if (action === "on" && passphraseFile && !existsSync(passphraseFile))
    throw problemsOf(title, [
      {
        where: "PULUMI_CONFIG_PASSPHRASE_FILE",
        expected: `a file with the passphrase of ${stack}`,
        found: `no file ${path.resolve(passphraseFile)}`,
        mend: "correct it in the environment, or write that file",
      },
    ]);
  if (action === "on") stackFile(stack);
  const file = passphraseFile ? { passphraseFile: path.resolve(passphraseFile) } : {};
  return { stack, checkout: projectRoot, home: os.homedir(), searchPath: process.env["PATH"] ?? "", ...file };
}
