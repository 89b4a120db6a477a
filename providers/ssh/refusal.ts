/** A host that answers, but not as it must, or a login that cannot be tried: waiting does not help. */
export class SshRefused extends Error {}

/** RFC 4254 section 5.1: why a server opened no channel. */
const PROHIBITED = 1;
const CONNECT_FAILED = 2;

/** A server that opened no channel, though the connection lives. */
export class ChannelRefused extends Error {
  constructor(
    message: string,
    private readonly reason: number,
  ) {
    super(message);
  }

  /** The same, in words that say what to do. */
  named(message: string): ChannelRefused {
    return new ChannelRefused(message, this.reason);
  }

  /** Whether the server forbids such channels. */
  get isForbidden(): boolean {
    return this.reason === PROHIBITED;
  }

  /** Whether the server tried to reach the target of a stream, and nobody answered there. */
  get isTargetClosed(): boolean {
    return this.reason === CONNECT_FAILED;
  }
}

/** The library's error, told apart when it is the server's refusal to open a channel. */
export const refusalOf = (error: Error & { reason?: number | string }): Error =>
  error.message.includes("Channel open failure") && typeof error.reason === "number"
    ? new ChannelRefused(error.message.replace("(SSH) ", ""), error.reason)
    : error;

/** What takes streams away, by name, and how to give them back. */
export const FORWARDING =
  "expected an SSH server that forwards TCP streams, found one that forbids it. " +
  "Set `AllowTcpForwarding yes` (or `local`) there for this user, in /etc/ssh/sshd_config and its .d folder, reload sshd, " +
  "and look for `DisableForwarding`, for `PermitOpen`, and for `restrict` or `no-port-forwarding` before our key in authorized_keys.";
