import { setTimeout as sleep } from "node:timers/promises";
import type { Client, ClientChannel } from "ssh2";
import { type Answer, channelOn, type ChannelStarter, type ChannelUser, collect } from "./channel";
import { connect } from "./login/client";
import { asRoot } from "./command";
import type { CommandRunner, RunOptions } from "./command-runner";
import { type Connection, keyOf } from "./connection";
import { failureOf } from "./failure";
import { again, ChannelLost, ConnectionLost, PATIENCE } from "./outage";
import { remoteCommand } from "./quote";
import { ChannelRefused, FORWARDING } from "./refusal";
import { SessionLimit } from "./session-limit";

export { CommandError } from "./command-error";
export type { Answer, CommandRunner, RunOptions };

/**
 * sshd allows 10 sessions on one connection (MaxSessions), and counts one for a moment longer than we see it closed: all
 * of ours may be just closed when as many new ones are asked for. Where it allows fewer, we keep to that.
 */
const SESSIONS = 5;

/** How often a single command is refused a session before the server is taken to allow none. */
const REFUSALS = 8;

const NO_SESSIONS =
  "expected an SSH server that gives a connection at least one session, found none. Set `MaxSessions` to 10 in its sshd_config, and reload sshd.";

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
    const once = (): Promise<Answer> => this.exchange(argv, (channel) => collect(channel, options.stdin));
    return options.reads ? again(once, (error) => error instanceof ConnectionLost) : once();
  }

  /** Runs `argv` as root and lets `use` talk to it: its input and output are one stream, open until `use` is done. */
  async exchange<T>(argv: readonly string[], use: (channel: ClientChannel) => Promise<T>): Promise<T> {
    const command = remoteCommand(asRoot(this.connection, argv));
    return this.inSession((client, done) => client.exec(command, done), use);
  }

  /**
   * Runs `argv` as root and gives its standard output.
   * @throws CommandError unless it exits with 0
   */
  async output(argv: readonly string[], options: RunOptions = {}): Promise<string> {
    const answer = await this.run(argv, options);
    if (answer.code !== 0) throw await failureOf(this, argv, answer);
    return answer.stdout;
  }

  /** Runs a constant script with positional arguments: values never become part of the script's text. */
  async script(script: string, args: readonly string[], options: RunOptions = {}): Promise<string> {
    return this.output(["sh", "-c", script, "vpai", ...args], options);
  }

  /**
   * Lets `use` talk over a TCP stream to `host:port` as seen from the host, and closes it.
   * @throws ChannelRefused when the host forwards no streams, by the setting's name, or nobody answers there
   */
  async forward<T>(host: string, port: number, use: (stream: ClientChannel) => Promise<T>): Promise<T> {
    try {
      return await this.open(
        (client, done) => client.forwardOut("127.0.0.1", 0, host, port, done),
        (stream) => use(stream).finally(() => void stream.resume().destroy()),
      );
    } catch (error) {
      if (error instanceof ChannelRefused && error.isForbidden) throw error.named(`${this.name}: ${FORWARDING}`);
      throw error;
    }
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

  /** Runs in one of the server's sessions; one that has no more lets us wait for those that run. */
  private async inSession<T>(start: ChannelStarter, use: ChannelUser<T>): Promise<T> {
    for (let refusals = 1; ; refusals += 1) {
      try {
        return await this.sessions.run(() => this.open(start, use));
      } catch (error) {
        if (!(error instanceof ChannelRefused)) throw error;
        if (this.sessions.lower() === 0 && refusals >= REFUSALS) throw error.named(`${this.name}: ${NO_SESSIONS}`);
        await sleep(Math.min(50 * 2 ** refusals, 1000));
      }
    }
  }

  /** Opens a channel and uses it; while nothing ran yet, a connection that turns out to be dead is replaced. */
  private async open<T>(start: ChannelStarter, use: ChannelUser<T>): Promise<T> {
    const deadline = Date.now() + (this.patience ?? PATIENCE);
    for (let pause = 0; ; pause = Math.min(pause * 2 + 250, 3000)) {
      const client = this.connected();
      try {
        return await channelOn(await client, start, use);
      } catch (error) {
        if (!(error instanceof ChannelLost)) throw error;
        if (this.client === client) this.client = undefined;
        if (Date.now() + pause > deadline) throw new Error(`${this.name}: ${error.message}`, { cause: error });
        await sleep(pause);
      }
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
  const key = keyOf(connection);
  const known = transports.get(key) ?? new Transport(connection);
  transports.set(key, known);
  return known;
}
