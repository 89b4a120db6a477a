import type { Client } from "ssh2";
import { type Answer, channelOn, collect } from "../channel";
import { SHELL_SECONDS } from "../policy";
import { remoteCommand } from "../quote";
import { SshRefused } from "../refusal";

/** What a command prints whose answer is known: of all that our commands contain and some shell reads in its own way. */
export const MARKER = "vpai:plain-shell\n!'\\\"$*\n";

/** The command that prints it. */
const MARKER_COMMAND = ["printf", "%s", MARKER] as const;

/** Asks for the login shell's name in words that csh, too, understands. */
const SHELL_COMMAND = "echo $SHELL";

/**
 * Runs a command whose answer is known: what a login shell prints of its own would be read as part of every other answer.
 * @param seconds that the answer may take
 * @throws SshRefused when the answer is another one, or does not come
 */
export async function expectPlainShell(client: Client, name: string, seconds = SHELL_SECONDS): Promise<void> {
  const answer = await within(seconds, ask(client, remoteCommand(MARKER_COMMAND)));
  if (answer?.stdout === MARKER) return;
  if (answer === undefined) throw new SshRefused(`${name}: ${hangs(seconds)}`);
  if (answer.stdout.includes(MARKER)) throw new SshRefused(`${name}: ${prints(answer.stdout.replace(MARKER, ""))}`);
  const shell = (await within(seconds, ask(client, SHELL_COMMAND)))?.stdout.trim() ?? "";
  throw new SshRefused(`${name}: ${runsNone(answer, shell)}`);
}

const ask = (client: Client, command: string): Promise<Answer> =>
  channelOn(
    client,
    (on, done) => on.exec(command, done),
    (channel) => collect(channel, undefined),
  );

/** What comes within some seconds; undefined when nothing did. */
function within<T>(seconds: number, coming: Promise<T>): Promise<T | undefined> {
  return new Promise((resolve, reject) => {
    const late = setTimeout(() => resolve(undefined), seconds * 1000);
    coming.then(resolve, reject).finally(() => clearTimeout(late));
  });
}

const hangs = (seconds: number): string =>
  `the login succeeded, and expected a login shell that runs commands, found one that has not answered the first one after ${seconds} s. ` +
  `Look on the host's console for what waits in the user's start-up files (sleep, tmux, a question), and let it do so ${INTERACTIVE}.`;

const INTERACTIVE = "in interactive shells only (bash: `[[ $- == *i* ]] || return` as the first line of .bashrc)";

const prints = (noise: string): string =>
  `the login shell prints ${excerpt(noise)} beside every command's answer, which would be read as part of it. ` +
  `Let the user's .bashrc, .zshenv or config.fish there print ${INTERACTIVE}.`;

/** @param shell its name, where that is one */
function runsNone({ stdout, stderr, code }: Answer, shell: string): string {
  const found = /^\/\S+$/.test(shell) ? `${shell}, which` : "one that";
  return (
    `expected a login shell that runs commands as they are, found ${found} answers ${excerpt(stdout.trim() || stderr)} with exit code ${code}. ` +
    "Give the user a shell such as /bin/bash (csh and tcsh cannot be used), and look for a forced command in authorized_keys and sshd_config, and for `exec` in the shell's start-up files."
  );
}

const excerpt = (text: string): string => JSON.stringify(text.trim().slice(0, 80));
