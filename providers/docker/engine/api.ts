import type { Duplex } from "node:stream";
import { z } from "zod";
import { jsonIfAny, parseJson } from "../../../model/foreign-json";
import { exchange, type HttpAnswer, type HttpRequest } from "../../ssh/http";
import { ConnectionLost } from "../../ssh/outage";
import type { CommandRunner } from "../../ssh/transport";

/** A host whose Docker engine can be spoken to directly. */
export interface EngineHost extends CommandRunner {
  exchange<T>(argv: readonly string[], use: (stream: Duplex) => Promise<T>): Promise<T>;
}

/** What an engine is told so that it can log in at a registry. It keeps none of it. */
export interface EngineLogin {
  username: string;
  password: string;
  /** As Docker's own command names it: Docker Hub has an address of its own. */
  serveraddress: string;
}

/** Seconds that a busy engine may take to answer. */
const PATIENCE = 120;

/** Seconds that a pull may take: a large image over a thin line. A dead connection is noticed long before. */
const PULL_PATIENCE = 3600;

const ask = (host: EngineHost, request: HttpRequest): Promise<HttpAnswer> =>
  host.exchange(["docker", "system", "dial-stdio"], (stream) =>
    exchange(stream, {
      timeout: PATIENCE,
      ...request,
      headers: { host: "docker", "content-type": "application/json", ...request.headers },
    }).catch((error: unknown) => {
      throw isCut(error) ? awayOf(host, error) : error;
    }),
  );

/** Whether a stream ended before its answer: then there is no engine, or there is none any more. */
const isCut = (error: unknown): error is Error => (error as { code?: unknown }).code === "ECONNRESET";

const awayOf = ({ name }: EngineHost, cause: Error): ConnectionLost =>
  new ConnectionLost(
    `${name}: expected an answer of the Docker engine, found that the connection to it ended. Look at \`systemctl status docker\` there.`,
    { cause },
  );

const createdSchema = z.object({ Id: z.string().exactOptional(), message: z.string().exactOptional() });

const saidSchema = z.object({ error: z.string().exactOptional(), message: z.string().exactOptional() });

/**
 * Creates a container from the description that `docker inspect` gave of another one: the command line cannot take it.
 * @param body what `POST /containers/create` takes
 * @returns the container's id; it is not started
 * @throws when the engine refuses, with its reason
 */
export async function createContainer(host: EngineHost, name: string, body: object): Promise<string> {
  const path = `/containers/create?name=${encodeURIComponent(name)}`;
  const { status, body: answer } = await ask(host, { method: "POST", path, body: JSON.stringify(body) });
  const what = `an answer to the creation of ${name} (${status}) by the engine on ${host.name}`;
  const { Id, message } = parseJson(createdSchema, answer, what);
  if (Id === undefined)
    throw new Error(`${host.name}: the engine did not create ${name} (${status}): ${message ?? answer}`);
  return Id;
}

/**
 * Lets the engine pull with a login, which travels in the request alone: no file and no process list of the host has it.
 * @param image its name, and its tag or digest
 * @returns why it did not, in the engine's words; undefined when it did
 */
export async function pullWithLogin(
  host: EngineHost,
  image: { name: string; version: string },
  login: EngineLogin,
): Promise<string | undefined> {
  const path = `/images/create?fromImage=${encodeURIComponent(image.name)}&tag=${encodeURIComponent(image.version)}`;
  // Go's decoder wants the padding that Node's base64url leaves out.
  const auth = Buffer.from(JSON.stringify(login)).toString("base64").replaceAll("+", "-").replaceAll("/", "_");
  const headers = { "x-registry-auth": auth };
  const { status, body } = await ask(host, { method: "POST", path, headers, timeout: PULL_PATIENCE });
  // Its progress, one object a line; the last one says how it ended.
  const ending = body.trimEnd().split(/\r?\n/).at(-1) ?? "";
  return status === 200 ? saidIn(ending, "error") : (saidIn(ending, "message") ?? `status ${status}`);
}

/**
 * Asks the engine to try a login.
 * @returns why the registry refused it, in the engine's words; undefined when it took it
 */
export async function tryLogin(host: EngineHost, login: EngineLogin): Promise<string | undefined> {
  const { status, body } = await ask(host, { method: "POST", path: "/auth", body: JSON.stringify(login) });
  return status === 200 ? undefined : (saidIn(body, "message") ?? `status ${status}`);
}

function saidIn(json: string, member: "error" | "message"): string | undefined {
  const said = jsonIfAny(saidSchema, json);
  if (said !== undefined) return said[member];
  return json === "" ? undefined : json.trim();
}
