import { ENGINE_AWAY } from "./engine-away";

/** Why a server ends connections before their login, and what to do. */
export const MANY_LOGINS =
  "too many logins are under way there (MaxStartups in its sshd_config), it bans this address for a while " +
  "(fail2ban, PerSourcePenalties), or sshd is starting. Look at `journalctl -u ssh` there, end what floods it, or raise MaxStartups.";

interface Cause {
  /** What `ssh` says. */
  sign: RegExp;
  /** That in our words; `$1` is what the pattern found. */
  cause: string;
  /** Whether it may pass by itself, and has not been waited for yet. */
  passes?: true;
}

const LOST: Cause = {
  sign: /(?:)/,
  cause: "the SSH connection was lost. Run up again when the network to the host is back.",
  passes: true,
};

const CAUSES: readonly Cause[] = [
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
    sign: /permission denied.*docker\.sock|dial unix \S+ connect: permission denied/,
    cause: "the login user may not use the Docker engine. Put it into the group docker there.",
  },
  {
    sign: /Permission denied/,
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
  { sign: /docker: (?:command )?not found/, cause: "there is no `docker` for the login user. Install it there." },
  {
    sign: ENGINE_AWAY,
    cause: "its Docker engine does not answer. Look at `systemctl status docker` there.",
    passes: true,
  },
  {
    sign: /kex_exchange_identification|Connection (?:reset|closed) by|banner exchange/,
    cause: `the connection was ended before the login: ${MANY_LOGINS}`,
    passes: true,
  },
];

/** How the Docker provider shows the `ssh` that it started for a host's engine. */
const COMMAND = /command \[ssh .*?(?:-l (\S+) )?(?:-p (\d+) )?-T -- (\S+) docker system dial-stdio\]/s;

/** What it says of an `ssh` that ended, or did not. */
const ENDED = /has exited with|did not exit after/;

/** A request to the engine whose connection was gone, of which it shows no command. */
const CUT = /http:\/\/docker\.example\.com\/[^\n]*(?:\bEOF\b|broken pipe|connection reset|closed network connection)/;

/**
 * What an error of the Docker provider about its SSH connection means: a sentence for the host and the cause, and what to
 * do. Undefined when the text is about something else.
 */
export function explainSsh(text: string): string | undefined {
  const found = read(text);
  return found && `${found.login}: ${found.cause.cause.replace("$1", found.detail)}`;
}

/** Whether an error of the Docker provider is a host that shows another key than the pinned one: nobody is to log in there again. */
export const isStranger = (text: string): boolean =>
  /^\S+: the host key is not the pinned one/.test(explainSsh(text) ?? "");

/** Whether an error of the Docker provider is a lost connection, or a host that starts: the same call may succeed soon. */
export const isOutage = (text: string): boolean => read(text)?.cause.passes === true;

function read(text: string): { login: string; cause: Cause; detail: string } | undefined {
  const command = COMMAND.exec(text);
  if (command === null || !ENDED.test(text)) {
    return CUT.test(text) ? { login: "the host", cause: LOST, detail: "" } : undefined;
  }
  const [whole, user, port, host = ""] = command;
  const login = `${user === undefined ? "" : `${user}@`}${host}${port === undefined ? "" : `:${port}`}`;
  const said = text.slice(command.index + whole.length);
  const cause = CAUSES.find(({ sign }) => sign.test(said)) ?? LOST;
  return { login, cause, detail: cause.sign.exec(said)?.[1]?.trim() ?? "" };
}
