import type { Client, ClientChannel } from "ssh2";
import { type Answer, ChannelLost, channelOn, type ChannelStarter, type ChannelUser, collect } from "./channel";
import { connect } from "./client";
import type { Connection } from "./connection";
import { remoteCommand } from "./quote";
import { SessionLimit } from "./session-limit";

export type { Answer };

export interface RunOptions {
  /** Bytes for the command's standard input. Default: none. */
  stdin?: string | undefined;
}

/** Somewhere that commands can run. */
export interface CommandRunner {
  /** Where that is, for messages. */
  readonly name: string;
  /** Runs `argv` and gives its answer, whatever the exit code. */
  run(argv: readonly string[], options?: RunOptions): Promise<Answer>;
  /** Runs `argv` and gives its standard output; throws {@link CommandError} unless it exits with 0. */
  output(argv: readonly string[], options?: RunOptions): Promise<string>;
}

/** A command that was expected to succeed and did not. */
export class CommandError extends Error {
  constructor(
    where: string,
    argv: readonly string[],
    readonly answer: Answer,
  ) {
    const said = (answer.stderr.trim() || answer.stdout.trim() || "it printed nothing").slice(-2000);
    super(`${where}: ${argv[0] ?? ""} ${argv[1] ?? ""} exited with ${answer.code}: ${said}`);
  }
}

/**
 * sshd allows 10 sessions on one connection (MaxSessions), and counts one for a moment longer than we see it closed: all
 * of ours may be just closed when as many new ones are asked for.
 */
const SESSIONS = 5;

/**
 * One host as all resources of a process see it: a single SSH connection, opened when first needed, shared by
 * all, reopened when it broke.
 */
export class Transport implements CommandRunner {
  private client: Promise<Client> | undefined;
  private readonly sessions = new SessionLimit(SESSIONS);

  /** @param patience how long the host may take to accept a login, in milliseconds; default: as {@link connect} has it */
  constructor(
    readonly connection: Connection,
    private readonly patience?: number,
  ) {}

  /** Runs `argv` as root and gives its answer, whatever the exit code. */
  async run(argv: readonly string[], options: RunOptions = {}): Promise<Answer> {
    return this.exchange(argv, (channel) => collect(channel, options.stdin));
  }

  /** Runs `argv` as root and lets `use` talk to it: its input and output are one stream, open until `use` is done. */
  async exchange<T>(argv: readonly string[], use: (channel: ClientChannel) => Promise<T>): Promise<T> {
    const elevated = this.connection.user === "root" ? argv : ["sudo", "-n", "--", ...argv];
    return this.sessions.run(() => this.open((client, done) => client.exec(remoteCommand(elevated), done), use));
  }

  /**
   * Runs `argv` as root and gives its standard output.
   * @throws CommandError unless it exits with 0
   */
  async output(argv: readonly string[], options: RunOptions = {}): Promise<string> {
    const answer = await this.run(argv, options);
    if (answer.code !== 0) throw new CommandError(this.name, argv, answer);
    return answer.stdout;
  }

  /** Runs a constant script with positional arguments: values never become part of the script's text. */
  async script(script: string, args: readonly string[], options: RunOptions = {}): Promise<string> {
    return this.output(["sh", "-c", script, "vpai", ...args], options);
  }

  /** A TCP stream to `host:port` as seen from the host. */
  async forward(host: string, port: number): Promise<ClientChannel> {
    return this.open(
      (client, done) => client.forwardOut("127.0.0.1", 0, host, port, done),
      (channel) => channel,
    );
  }

  /** Ends the connection, with what runs over it. The next command opens another one. */
  close(): void {
    const client = this.client;
    this.client = undefined;
    client?.then(
      (ready) => ready.destroy(),
      () => undefined,
    );
  }

  get name(): string {
    return `${this.connection.user}@${this.connection.host}`;
  }

  /** Opens a channel and uses it; a connection that turns out to be dead is replaced once. */
  private async open<T>(start: ChannelStarter, use: ChannelUser<T>): Promise<T> {
    const client = this.connected();
    try {
      return await channelOn(await client, start, use);
    } catch (error) {
      if (!(error instanceof ChannelLost)) throw error;
      if (this.client === client) this.client = undefined;
      return channelOn(await this.connected(), start, use);
    }
  }

  private connected(): Promise<Client> {
    if (this.client) return this.client;
    const client = connect(this.connection, this.patience);
    const forget = (): void => {
      if (this.client === client) this.client = undefined;
    };
    client.then((ready) => ready.once("close", forget), forget);
    this.client = client;
    return client;
  }
}

const transports = new Map<string, Transport>();

/** The transport of this process to a host. */
export function transportTo(connection: Connection): Transport {
  const key = JSON.stringify([
    connection.user,
    connection.host,
    connection.port,
    connection.hostKey,
    connection.identityFile,
  ]);
  const known = transports.get(key) ?? new Transport(connection);
  transports.set(key, known);
  return known;
}
