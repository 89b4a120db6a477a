import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import net from "node:net";
import os from "node:os";
import path from "node:path";
import { type Connection as ServedClient, Server, type ServerChannel, utils } from "ssh2";
import { generatePair } from "../../../providers/ssh/key-pair";
import type { Connection } from "../../../providers/ssh/connection";
import { MARKER } from "../../../providers/ssh/login/shell";
import type { Answer } from "../../../providers/ssh/transport";

/** What a test gives instead of a command's own doing; undefined lets the command run on this machine. */
export type Respond = (argv: string[]) => Answer | undefined;

/** An SSH server in this process; its commands run on this machine. */
export class SshServer {
  /** Command lines that were asked for, split into arguments. */
  readonly commands: string[][] = [];
  /** The same as they came. */
  readonly lines: string[] = [];
  /** Logins so far. */
  logins = 0;
  /** Sessions that were asked for so far. */
  sessions = 0;
  /** How many of the next logins find the connection cut before they are decided. */
  cutLogins = 0;
  /** The most commands that ran at once. */
  mostAtOnce = 0;
  respond: Respond = () => undefined;
  /** What the login shell prints of its own before each command's answer. */
  noise = "";
  /** The login shell; it reads command lines as they come. */
  shell = "sh";
  /** As sshd's `AllowTcpForwarding`. */
  forwards = true;
  /** As sshd's `MaxSessions`, which holds for each connection. */
  maxSessions = Infinity;
  /** Streams that were asked for, as `host:port`. */
  readonly streams: string[] = [];
  /** Whether our key is let in at the moment. */
  admits: () => boolean = () => true;
  private running = 0;
  private readonly known: Buffer;
  private readonly clients = new Set<ServedClient>();
  private readonly sockets = new Set<net.Socket>();

  private constructor(
    private readonly server: Server,
    private readonly folder: string,
    /** How to log in. */
    readonly connection: Connection,
  ) {
    this.known = publicBlob(connection.identityFile ?? "");
    server.on("connection", (client) => this.accept(client));
    (server as unknown as { _srv: net.Server })._srv.on("connection", (socket) => {
      // As sshd does: an answer is several small packets, each of which would wait up to 40 ms for the one before.
      socket.setNoDelay(true);
      this.sockets.add(socket);
    });
  }

  /** @param ownKey the server's own key; default: a new Ed25519 one */
  static async start(ownKey?: { private: string; public: string }): Promise<SshServer> {
    const folder = mkdtempSync(path.join(os.tmpdir(), "ssh-server-"));
    const [hostKey, clientKey] = await Promise.all([ownKey ?? newKey(), newKey()]);
    const identityFile = path.join(folder, "key");
    writeFileSync(identityFile, clientKey.private, { mode: 0o600 });
    const server = new Server({ hostKeys: [hostKey.private] });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as net.AddressInfo;
    const connection = { host: "127.0.0.1", port, user: "root", hostKey: hostKey.public.trim(), identityFile };
    return new SshServer(server, folder, connection);
  }

  /** Cuts every connection, as a broken network does. */
  cut(): void {
    for (const socket of this.sockets) socket.destroy();
    this.sockets.clear();
  }

  async stop(): Promise<void> {
    for (const client of this.clients) client.end();
    this.cut();
    await new Promise<void>((resolve) => this.server.close(() => resolve()));
    rmSync(this.folder, { recursive: true, force: true });
  }

  private accept(client: ServedClient): void {
    this.clients.add(client);
    client.on("error", () => undefined);
    client.on("close", () => this.clients.delete(client));
    client.on("authentication", (attempt) => {
      if (this.cutLogins > 0) {
        this.cutLogins -= 1;
        this.cut();
      } else if (attempt.method === "publickey" && attempt.key.data.equals(this.known) && this.admits())
        attempt.accept();
      else attempt.reject(["publickey"]);
    });
    client.on("ready", () => {
      this.logins += 1;
      this.forbid(client);
      let sessions = 0;
      client.on("tcpip", (acceptStream, reject, { destIP, destPort }) => {
        this.streams.push(`${destIP}:${destPort}`);
        if (!this.forwards) return reject();
        // As sshd does: a stream is there once its target is reached.
        const target = net.connect(destPort, destIP.replace(/^\[|\]$/g, ""), () => {
          const stream = acceptStream();
          target.on("error", () => stream.close());
          stream.on("error", () => target.destroy());
          stream.pipe(target).pipe(stream);
        });
        target.once("error", () => reject());
      });
      client.on("session", (acceptSession, reject) => {
        this.sessions += 1;
        if (sessions >= this.maxSessions) return reject();
        sessions += 1;
        const session = acceptSession();
        session.on("close", () => (sessions -= 1));
        session.on("exec", (acceptExec, _reject, { command }) => this.execute(command, acceptExec()));
      });
    });
  }

  /** The library knows one reason for opening no channel; sshd has another one for what it forbids. */
  private forbid(client: ServedClient): void {
    type Fail = (recipient: number, reason: number, description: string) => void;
    const protocol = (client as unknown as { _protocol: { channelOpenFail: Fail } })._protocol;
    const fail = protocol.channelOpenFail.bind(protocol);
    protocol.channelOpenFail = (recipient, reason) => fail(recipient, this.forwards ? reason : 1, "open failed");
  }

  private execute(command: string, channel: ServerChannel): void {
    const argv = argumentsOf(command);
    if (this.noise !== "") channel.write(this.noise);
    // With it every connection begins; tests are about what follows.
    if (argv.includes(MARKER)) return this.runHere(command, channel);
    this.commands.push(argv);
    this.lines.push(command);
    this.mostAtOnce = Math.max(this.mostAtOnce, (this.running += 1));
    channel.once("close", () => (this.running -= 1));
    const answer = this.respond(argv);
    if (answer === undefined) return this.runHere(command, channel);
    // All at once, as a quick command does.
    channel.resume();
    channel.write(answer.stdout);
    channel.stderr.write(answer.stderr);
    channel.exit(answer.code);
    channel.end();
  }

  private runHere(command: string, channel: ServerChannel): void {
    const child = spawn(this.shell, ["-c", `exec ${command}`], { env: process.env });
    channel.pipe(child.stdin);
    child.stdin.on("error", () => undefined);
    child.stdout.pipe(channel, { end: false });
    child.stderr.pipe(channel.stderr, { end: false });
    channel.once("close", () => child.kill());
    child.on("close", (code, signal) => {
      if (code === null) channel.exit(signal?.replace("SIG", "") ?? "KILL", false, "");
      else channel.exit(code);
      channel.end();
    });
  }
}

export const newKey = (): Promise<{ private: string; public: string }> => generatePair("");

function publicBlob(file: string): Buffer {
  const parsed = utils.parseKey(readFileSync(file));
  if (parsed instanceof Error) throw parsed;
  return parsed.getPublicSSH();
}

/** Takes a command line of ours apart, without the words that start it. */
const argumentsOf = (line: string): string[] =>
  [...line.replace(PREFIX, "").matchAll(/(?:'[^']*'|\\.)+/gs)].map(([word]) =>
    word.replaceAll(/'([^']*)'|\\(.)/gs, (_, quoted?: string, escaped?: string) => quoted ?? escaped ?? ""),
  );

const PREFIX = `/bin/sh -c 'export LC_ALL=C.UTF-8 LANGUAGE=C; exec "$@"' vpai `;
