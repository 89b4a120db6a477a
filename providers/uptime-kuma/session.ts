import { Agent } from "node:http";
import type { Duplex } from "node:stream";
import type { Socket } from "socket.io-client" with { "resolution-mode": "import" };
import type { HttpServer } from "../docker/http";
import { streamTo } from "../docker/stream";
import type { Connection } from "../ssh/connection";
import { transportTo } from "../ssh/transport";
import { Unreadable } from "../unreadable";

/** An Uptime Kuma that runs in a container of a host. */
export interface UptimeKuma {
  connection: Connection;
  server: HttpServer;
}

/** Who logs in. */
export interface Account {
  user: string;
  password: string;
}

/** What Uptime Kuma answers to a request, whatever it is about. */
interface Acknowledged {
  ok?: boolean;
  msg?: string;
}

/** Seconds that it may take to answer, or to tell what it tells after a login. */
const PATIENCE = 30;

/** What 2.0's development version and its releases say of a user or a password that they do not know (`server/server.js`). */
const WRONG_ACCOUNT = new Set(["Incorrect username or password.", "authIncorrectCreds"]);

/** An open connection to an Uptime Kuma, whose whole interface is Socket.IO. */
export class Session {
  constructor(
    private readonly socket: Socket,
    private readonly title: string,
  ) {}

  /** Asks, and gives the answer, also one that says no. @throws Unreadable when none comes */
  async ask<T>(event: string, ...args: unknown[]): Promise<T> {
    try {
      return (await this.socket.timeout(PATIENCE * 1000).emitWithAck(event, ...args)) as T;
    } catch (error) {
      throw new Unreadable(`${this.title}: expected an answer to ${event} within ${PATIENCE} s, found none`, {
        cause: error,
      });
    }
  }

  /** Asks for something that has to be done. @throws when it says no */
  async must<T>(event: string, ...args: unknown[]): Promise<T & Acknowledged> {
    const answer = await this.ask<T & Acknowledged>(event, ...args);
    if (answer.ok !== true)
      throw new Error(`${this.title}: expected ${event} to succeed, found: ${answer.msg ?? "no reason given"}`);
    return answer;
  }

  /** Whether it knows the account. @throws Unreadable when it lets nobody in now, e.g. after too many logins in a minute */
  async logIn({ user, password }: Account): Promise<boolean> {
    const answer = await this.ask<Acknowledged & { tokenRequired?: boolean }>("login", {
      ...{ username: user, password, token: "" },
    });
    if (answer.ok === true) return true;
    if (WRONG_ACCOUNT.has(answer.msg ?? "")) return false;
    const found = answer.tokenRequired === true ? "a second factor is wanted" : (answer.msg ?? "no reason given");
    throw new Unreadable(`${this.title}: expected to log in as ${user}, found: ${found}`);
  }

  /**
   * What it tells by itself under that name, once or the next time. Listening begins at once, and goes on without a gap.
   * @param isIt whether that is what is waited for. Default: whatever comes first
   */
  told<T>(event: string, isIt: (value: T) => boolean = () => true): Promise<T> {
    return new Promise((resolve, reject) => {
      const hear = (value: T): void => {
        if (isIt(value)) end(() => resolve(value));
      };
      const late = setTimeout(
        () =>
          end(() =>
            reject(new Unreadable(`${this.title}: expected to be told ${event} within ${PATIENCE} s, found nothing`)),
          ),
        PATIENCE * 1000,
      );
      const end = (settle: () => void): void => {
        clearTimeout(late);
        this.socket.off(event, hear);
        settle();
      };
      this.socket.on(event, hear);
    });
  }
}

/** The last work with each Uptime Kuma: one is done after the other, since it takes 20 logins in a minute. */
const turns = new Map<string, Promise<unknown>>();

/** Runs `work` in a session of its own, when its turn has come. @throws Unreadable when the program cannot be reached */
export function inSession<T>(kuma: UptimeKuma, work: (session: Session) => Promise<T>): Promise<T> {
  const host = transportTo(kuma.connection);
  const title = `${kuma.server.container} on ${host.name}`;
  const open = (): Promise<T> => streamTo(host, kuma.server, (stream) => talk(stream, title, work));
  const turn = (turns.get(title) ?? Promise.resolve()).then(open, open);
  turns.set(title, turn);
  return turn;
}

async function talk<T>(stream: Duplex, title: string, work: (session: Session) => Promise<T>): Promise<T> {
  const { io } = await import("socket.io-client");
  const socket = io("http://uptime-kuma", {
    transports: ["websocket"],
    reconnection: false,
    forceNew: true,
    timeout: PATIENCE * 1000,
    // One connection is all that it opens. The browser's types know no agent of Node's.
    agent: new StreamAgent(stream) as unknown as string,
  });
  try {
    await connected(socket, title);
    return await work(new Session(socket, title));
  } finally {
    socket.disconnect();
  }
}

const connected = (socket: Socket, title: string): Promise<void> =>
  new Promise((resolve, reject) => {
    socket.once("connect", resolve);
    socket.once("connect_error", (error) =>
      reject(new Unreadable(`${title}: expected Socket.IO, found: ${error.message}`, { cause: error })),
    );
  });

/** Gives HTTP a stream that is open already. */
class StreamAgent extends Agent {
  constructor(private readonly stream: Duplex) {
    super();
  }

  override createConnection(): Duplex {
    return this.stream;
  }
}
