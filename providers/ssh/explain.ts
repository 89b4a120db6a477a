import { ENGINE_AWAY } from "./engine-away";

/** Why a server ends connections before their login, and what to do. */
export const MANY_LOGINS =
  "too many logins are under way there (MaxStartups in its sshd_config), it bans this address for a while " +
  "(fail2ban, PerSourcePenalties), or sshd is starting. Look at `journalctl -u ssh` there, end what floods it, or raise MaxStartups.";

interface Cause {
  /** What `ssh` says, or what was said by what it started. */
  sign: RegExp;
  /** That in our words; `$1` is what the pattern found. */
  cause: string;
  /** Whether it may pass by itself, and has not been waited for yet. */
  passes?: true;
}

/** What `ssh` says of itself; it then ends with 255. */
const OF_SSH: readonly Cause[] = [
  {
    sign: /key sent by the remote host is\s+(SHA256:[A-Za-z0-9+/=]+)/,
    cause:
      "the host key is not the pinned one; it showed $1. If the host was reinstalled, verify its new key on its console and change hostKey; otherwise somebody answers in its place.",
  },
  {
    sign: /Host key verification failed|No \S+ host key is known/,
    cause:
      "the host key is not the pinned one. If the host was reinstalled, verify its new key on its console and change hostKey; otherwise somebody answers in its place.",
  },
  {
    sign: /no matching host key type/,
    cause: "it has no host key of the pinned type. Pin a key that `ssh-keyscan` shows.",
  },
  {
    sign: /Permission denied|Too many authentication failures/,
    cause:
      "the login was refused; the host does not know our key. Look at identityFile, the SSH agent, and authorized_keys there.",
  },
  {
    sign: /SSH-unreachable (?:ECONNRESET|EPIPE|closed|Exceeded MaxStartups|Not allowed at this time)/,
    cause: `every connection was ended before the login, for 90 s: ${MANY_LOGINS}`,
  },
  {
    sign: /SSH-unreachable ([^'"\r\n]+)/,
    cause: "it could not be reached over SSH for 90 s ($1). See that it runs, and that address and port are right.",
  },
  {
    sign: /kex_exchange_identification|Connection (?:reset|closed) by|banner exchange/,
    cause: `the connection was ended before the login: ${MANY_LOGINS}`,
    passes: true,
  },
];

const NO_DOCKER: Cause = {
  sign: /docker: (?:command )?not found|(?:command not found|unknown command): docker/i,
  cause: "there is no `docker` for the login user. Install it there.",
};

/** What the login shell and `docker` say; exit codes are theirs. */
const OF_DOCKER: readonly Cause[] = [
  {
    sign: /permission denied.*docker\.sock|dial unix \S+ connect: permission denied/,
    cause: "the login user may not use the Docker engine. Put it into the group docker there.",
  },
  NO_DOCKER,
  {
    // Besides, how its stream to an engine that runs ends when that is stopped.
    sign: new RegExp(`${ENGINE_AWAY.source}|connection reset by peer|broken pipe|\\bEOF\\b`),
    cause: "its Docker engine does not answer. Look at `systemctl status docker` there.",
    passes: true,
  },
];

/** How `ssh` speaks of a connection, a session or its master that is gone; often it says nothing. */
const LOST: Cause = {
  sign: /^[\s"]*$|\bconnection\b|broken pipe|tim(?:ed |e)out|not responding|\bmux_|ControlSocket|open failed|request failed|disconnect|packet|System is (?:going down|booting up)/i,
  cause: "the SSH connection was lost. Run up again when the network to the host is back.",
  passes: true,
};

/** A shell's exit code for what it does not find. */
const NOT_FOUND = 127;

/** Exit codes above are those of programs that a signal ended, as a reboot does, and 255, `ssh`'s own. */
const HIGHEST = 128;

/** How the Docker provider shows the `ssh` that it started for a host's engine. */
const COMMAND = /command \[ssh .*?(?:-l (\S+) )?(?:-p (\d+) )?-T -- (\S+) docker system dial-stdio\]/s;

/** What it says of an `ssh` that ended, or did not, and then what that said. */
const ENDED = /(?:has exited with (?:exit status (\d+))?|did not exit after)(?:.*?stderr=(.*))?/s;

/** Where the next error of a list begins. */
const NEXT = /\n\s*\* /;

/** A request to the engine whose connection was gone, of which it shows no command. */
const CUT = /http:\/\/docker\.example\.com\/[^\n]*(?:\bEOF\b|broken pipe|connection reset|closed network connection)/;

/** An error of the Docker provider about its SSH connection. */
interface Failure {
  login: string;
  /** The cause, and what to do. */
  meaning: string;
  passes: boolean;
}

/**
 * What an error of the Docker provider about its SSH connection means: a sentence for the host and the cause, and what to
 * do. Undefined when the text is about something else.
 */
export function explainSsh(text: string): string | undefined {
  const found = read(text);
  return found && `${found.login}: ${found.meaning}`;
}

/** Whether an error of the Docker provider is a host that shows another key than the pinned one: nobody is to log in there again. */
export const isStranger = (text: string): boolean =>
  /^\S+: the host key is not the pinned one/.test(explainSsh(text) ?? "");

/** Whether an error of the Docker provider is a lost connection, or a host that starts: the same call may succeed soon. */
export const isOutage = (text: string): boolean => read(text)?.passes === true;

function read(text: string): Failure | undefined {
  const command = COMMAND.exec(text);
  const ended = command && ENDED.exec(text.slice(command.index + command[0].length));
  if (!ended) return CUT.test(text) ? { login: "the host", meaning: LOST.cause, passes: true } : undefined;
  const [, user, port, host = ""] = command;
  const login = `${user === undefined ? "" : `${user}@`}${host}${port === undefined ? "" : `:${port}`}`;
  const [, status, said = ""] = ended;
  return { login, ...meaningOf(status === undefined ? undefined : Number(status), said.split(NEXT)[0] ?? "") };
}

/** @param status exit code; undefined of what a signal ended, or nothing yet */
function meaningOf(status: number | undefined, said: string): Omit<Failure, "login"> {
  const cause = causesFor(status).find(({ sign }) => sign.test(said)) ?? (status === NOT_FOUND ? NO_DOCKER : undefined);
  if (cause === undefined) return { meaning: quoted(status, said), passes: false };
  const detail = cause.sign.exec(said)?.[1]?.trim() ?? "";
  return { meaning: cause.cause.replace("$1", detail), passes: cause.passes === true };
}

const causesFor = (status: number | undefined): readonly Cause[] =>
  status === undefined || status > HIGHEST ? [...OF_SSH, ...OF_DOCKER, LOST] : OF_DOCKER;

/** What nobody knows is told as it is, in its first line. */
function quoted(status: number | undefined, said: string): string {
  const [line = ""] = said.trim().split(/\s*[\r\n]/);
  return (
    `expected its Docker engine by SSH, found ${line === "" ? "no word" : JSON.stringify(line)}` +
    `${status === undefined ? "" : ` and exit status ${status}`}. Mend that (\`make ssh HOST=… CMD="docker version"\` shows it) and run up again.`
  );
}
