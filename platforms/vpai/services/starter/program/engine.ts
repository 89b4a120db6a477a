import { request } from "node:http";

/** What the engine answered. */
interface Answer {
  status: number;
  body: string;
}

/** A container, as far as the starter looks at it. */
interface Seen {
  running: boolean;
  /** Whether its health check passed last. */
  healthy: boolean;
}

/** What the starter has the host's engine do with the container of a service, by the service's name. */
export interface Containers {
  start(service: string): Promise<void>;
  stop(service: string): Promise<void>;
  /** @throws when there is no such container, or more than one */
  look(service: string): Promise<Seen>;
}

/** What an answer holds; undefined where it is no JSON. */
function read(body: string): unknown {
  try {
    return JSON.parse(body) as unknown;
  } catch {
    return undefined;
  }
}

const memberOf = (value: unknown, name: string): unknown =>
  typeof value === "object" && value !== null ? (value as Readonly<Record<string, unknown>>)[name] : undefined;

const misfit = (what: string): Error =>
  new Error(`expected ${what} from the engine, found another form: compare its version with the platform's`);

/** The containers of an engine, by the label that the platform gives each. @param socketPath of the engine */
export function containersOf(socketPath: string): Containers {
  const ask = (method: string, path: string): Promise<Answer> =>
    new Promise((resolve, reject) => {
      const asked = request({ socketPath, method, path }, (response) => {
        const parts: Buffer[] = [];
        response.on("data", (part: Buffer) => parts.push(part));
        response.on("error", reject);
        response.on("end", () =>
          resolve({ status: response.statusCode ?? 0, body: Buffer.concat(parts).toString("utf8") }),
        );
      });
      asked.on("error", reject);
      asked.end();
    });
  const expectDone = async (method: string, path: string): Promise<string> => {
    const { status, body } = await ask(method, path);
    // 304: it is so already.
    if (status < 300 || status === 304) return body;
    throw new Error(`expected the engine to answer ${method} ${path}, found ${status} ${body.trim()}`);
  };
  const idOf = async (service: string): Promise<string> => {
    const filters = encodeURIComponent(JSON.stringify({ label: [`dev.vpai.service=${service}`] }));
    const found = read(await expectDone("GET", `/containers/json?all=1&filters=${filters}`));
    if (!Array.isArray(found)) throw misfit(`a list of the containers of ${service}`);
    if (found.length !== 1) throw new Error(`expected one container of ${service}, found ${found.length}`);
    const id = memberOf(found[0], "Id");
    if (typeof id !== "string") throw misfit(`the id of the container of ${service}`);
    return id;
  };
  return {
    start: async (service) => {
      await expectDone("POST", `/containers/${await idOf(service)}/start`);
    },
    stop: async (service) => {
      await expectDone("POST", `/containers/${await idOf(service)}/stop`);
    },
    look: async (service) => {
      const state = memberOf(read(await expectDone("GET", `/containers/${await idOf(service)}/json`)), "State");
      const running = memberOf(state, "Running");
      if (typeof running !== "boolean") throw misfit(`whether the container of ${service} runs`);
      return { running, healthy: running && memberOf(memberOf(state, "Health"), "Status") === "healthy" };
    },
  };
}
