import net from "node:net";
import type { Duplex } from "node:stream";
import type { Client } from "ssh2";
import { type Connection, type Login, nameOf } from "../connection";
import { keepAlive } from "../keepalive";
import { logInOver } from "./login";
import { ChannelRefused, FORWARDING, refusalOf, SshRefused } from "../refusal";

/** A login, over the way that the connection describes. */
export interface Arrival {
  client: Client;
  /** Lets the process end while the connection is idle, and notices when it is dead. Called once, when it is to be kept. */
  keep: () => void;
}

/** Logs in to a host, at its jump host first where it has one. @throws SshRefused when that cannot succeed later either */
export async function arriveAt({ jump, ...host }: Connection): Promise<Arrival> {
  return jump === undefined ? arriveDirectly(host) : arriveBy(jump, host);
}

async function arriveDirectly(login: Login): Promise<Arrival> {
  // A command's request is several small packets: without noDelay each command would take 40 ms longer.
  const open = (): net.Socket => (socket = net.connect({ host: login.host, port: login.port, noDelay: true }));
  let socket: net.Socket | undefined;
  const client = await logInOver(login, open);
  return { client, keep: () => keep(client, () => socket?.destroy(), socket) };
}

async function arriveBy(jump: Login, host: Login): Promise<Arrival> {
  const first = await arriveDirectly(jump);
  const end = (): void => void first.client.destroy();
  try {
    const client = await logInOver(host, () => streamBy(first.client, jump, host));
    client.once("close", end);
    return { client, keep: () => (first.keep(), keep(client, end)) };
  } catch (error) {
    end();
    throw error;
  }
}

/** A stream from the jump host to the host's own SSH server. */
const streamBy = (client: Client, jump: Login, { host, port }: Login): Promise<Duplex> =>
  new Promise((resolve, reject) => {
    const by = `jump host ${nameOf(jump)}`;
    client.once("close", () => reject(new Error(`${by}: the connection was closed`)));
    client.forwardOut("127.0.0.1", 0, host, port, (error, stream) => {
      if (error === undefined) return resolve(stream);
      const refused = refusalOf(error);
      if (refused instanceof ChannelRefused && refused.isForbidden) reject(new SshRefused(`${by}: ${FORWARDING}`));
      else reject(new Error(`${by}: cannot reach ${host}:${port} from there: ${error.message}`, { cause: error }));
    });
  });

/** An idle connection must not keep the process alive, and a dead one must be noticed. */
function keep(client: Client, end: () => void, socket?: net.Socket): void {
  socket?.unref();
  keepAlive(client, end);
  // Each stream that is being opened listens for the connection's end, and many may be at once.
  client.setMaxListeners(0);
}
