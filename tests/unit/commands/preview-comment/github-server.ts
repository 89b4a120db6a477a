import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";

interface Comment {
  id: number;
  body: string;
  user: { type: string };
}

/** A server that answers as GitHub's REST API does for the comments of pull request 12 of `owner/name`. */
export interface GitHubServer {
  api: string;
  comments: Comment[];
  requests: string[];
  authorizations: (string | undefined)[];
  /** Status that the next writes are refused with; undefined: none. */
  refusal: number | undefined;
  close(): Promise<void>;
}

export async function startGitHub(): Promise<GitHubServer> {
  const server = createServer();
  const state: GitHubServer = {
    api: "",
    comments: [],
    requests: [],
    authorizations: [],
    refusal: undefined,
    close: () => closed(server),
  };
  server.on("request", (request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      state.requests.push(`${request.method ?? ""} ${request.url ?? ""}`);
      state.authorizations.push(request.headers.authorization);
      const { status, body } = answer(
        state,
        request.method ?? "",
        new URL(request.url ?? "/", "http://github"),
        Buffer.concat(chunks).toString("utf8"),
      );
      response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  state.api = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return state;
}

function answer(state: GitHubServer, method: string, url: URL, body: string): { status: number; body: unknown } {
  if (method !== "GET" && state.refusal !== undefined)
    return { status: state.refusal, body: { message: "Resource not accessible by integration" } };
  const text = (): string => (JSON.parse(body) as { body: string }).body;
  if (url.pathname === "/repos/owner/name/issues/12/comments") {
    if (method === "POST") {
      if (text().length > 65536)
        return { status: 422, body: { message: "body is too long (maximum is 65536 characters)" } };
      const comment = { id: state.comments.length + 1, body: text(), user: { type: "Bot" } };
      state.comments.push(comment);
      return { status: 201, body: comment };
    }
    const [size, page] = [
      Number(url.searchParams.get("per_page") ?? "30"),
      Number(url.searchParams.get("page") ?? "1"),
    ];
    return { status: 200, body: state.comments.slice((page - 1) * size, page * size) };
  }
  const known = state.comments.find(({ id }) => url.pathname === `/repos/owner/name/issues/comments/${id}`);
  if (known === undefined || method !== "PATCH") return { status: 404, body: { message: "Not Found" } };
  known.body = text();
  return { status: 200, body: known };
}

const closed = (server: Server): Promise<void> =>
  new Promise((resolve, reject) => {
    server.closeAllConnections();
    server.close((error) => (error ? reject(error) : resolve()));
  });
