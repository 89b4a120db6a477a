import http from "node:http";

/** What a program answered. */
export interface Reply {
  status: number;
  text: string;
}

/** Sends JSON over a connection of its own: one that is kept may be closed while a test waits for something else. */
export function send(
  method: string,
  url: string,
  headers: Readonly<Record<string, string>> = {},
  body?: object,
): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const sent = { ...headers, "content-type": "application/json" };
    const request = http.request(url, { method, headers: sent, agent: false }, (response) => {
      let text = "";
      response.setEncoding("utf8").on("data", (part: string) => (text += part));
      response.on("error", reject).on("end", () => resolve({ status: response.statusCode ?? 0, text }));
    });
    request.on("error", reject).end(body === undefined ? undefined : JSON.stringify(body));
  });
}
