import http from "node:http";
import type { Duplex } from "node:stream";
import type { CommandRunner } from "../ssh/transport";

/** A host whose Docker engine can be spoken to directly. */
export interface EngineHost extends CommandRunner {
  exchange<T>(argv: readonly string[], use: (stream: Duplex) => Promise<T>): Promise<T>;
}

interface Response {
  status: number;
  body: string;
}

/**
 * Creates a container from the description that `docker inspect` gave of another one: the command line cannot take it.
 * @param body what `POST /containers/create` takes
 * @returns the container's id; it is not started
 * @throws when the engine refuses, with its reason
 */
export async function createContainer(host: EngineHost, name: string, body: object): Promise<string> {
  const { status, body: answer } = await host.exchange(["docker", "system", "dial-stdio"], (stream) =>
    post(stream, `/containers/create?name=${encodeURIComponent(name)}`, JSON.stringify(body)),
  );
  const { Id, message } = JSON.parse(answer) as { Id?: string; message?: string };
  if (Id === undefined)
    throw new Error(`${host.name}: the engine did not create ${name} (${status}): ${message ?? answer}`);
  return Id;
}

/** The stream stays open until the answer is complete: an engine gives up on a client that closes its side. */
const post = (stream: Duplex, path: string, body: string): Promise<Response> =>
  new Promise((resolve, reject) => {
    const headers = { host: "docker", "content-type": "application/json", "content-length": Buffer.byteLength(body) };
    const request = http.request({ method: "POST", path, headers, createConnection: () => stream }, (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("error", reject);
      response.on("end", () => {
        stream.end();
        resolve({ status: response.statusCode ?? 0, body: Buffer.concat(chunks).toString("utf8") });
      });
    });
    request.on("error", reject);
    request.end(body);
  });
