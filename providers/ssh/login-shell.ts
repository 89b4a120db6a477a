import type { Client } from "ssh2";
import { type Answer, channelOn, collect } from "./channel";
import { remoteCommand } from "./quote";
import { SshRefused } from "./refusal";

/** What a command prints whose answer is known. */
export const MARKER = "vpai:plain-shell";

/** The command that prints it. */
const MARKER_COMMAND = ["printf", "%s", MARKER] as const;

/**
 * Runs a command whose answer is known: what a login shell prints of its own would be read as part of every other answer.
 * @throws SshRefused when the answer is another one
 */
export async function expectPlainShell(client: Client, name: string): Promise<void> {
  const answer = await channelOn(
    client,
    (on, done) => on.exec(remoteCommand(MARKER_COMMAND), done),
    (channel) => collect(channel, undefined),
  );
  if (answer.stdout !== MARKER) throw new SshRefused(`${name}: ${whatIsWrong(answer)}`);
}

function whatIsWrong({ stdout, stderr, code }: Answer): string {
  if (stdout.includes(MARKER)) {
    return (
      `the login shell prints ${excerpt(stdout.replace(MARKER, ""))} beside every command's answer, which would be read as part of it. ` +
      "Let the user's .bashrc, .zshenv or config.fish there print in interactive shells only (bash: `[[ $- == *i* ]] || return` as its first line)."
    );
  }
  return (
    `expected a login shell that runs commands, found one that answers ${excerpt(stdout.trim() || stderr)} with exit code ${code}. ` +
    "Give the user a shell such as /bin/bash, and look for a forced command in authorized_keys and sshd_config, and for `exec` in the shell's start-up files."
  );
}

const excerpt = (text: string): string => JSON.stringify(text.trim().slice(0, 80));
