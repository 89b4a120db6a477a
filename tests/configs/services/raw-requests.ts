/** What came back for one request; undefined where no answer did. */
export interface RawAnswer {
  status: number;
  /** The whole answer. */
  text: string;
}

/** One request, byte for byte. */
export interface RawRequest {
  /** Name that the TLS handshake asks for. */
  name: string;
  bytes: string;
}

/**
 * A request as `METHOD host target`, then headers after `|`. The host is a name under the domain, `.` the domain itself; a
 * port after it is part of the Host header alone. After `^` stands the host that the TLS handshake asks for, where it is another.
 */
export function rawRequest(line: string, domain: string): RawRequest {
  const [asked = "", ...headers] = line.split(" | ");
  const [, method = "", host = "", target = ""] = /^(\S+) (\S+) (.*)$/.exec(asked) ?? [];
  const [header = "", handshake = header] = host.split("^");
  const [label = "", port] = header.split(":");
  const nameOf = (text: string): string => (text === "." ? domain : `${text}.${domain}`);
  const name = nameOf(label);
  const lines = [
    `${method} ${target} HTTP/1.1`,
    `Host: ${name}${port === undefined ? "" : `:${port}`}`,
    ...headers,
    ...["Content-Length: 0", "Connection: close"],
  ];
  return { name: nameOf(handshake.replace(/:.*/, "")).toLowerCase(), bytes: `${lines.join("\r\n")}\r\n\r\n` };
}

/** Sends each line of standard input (name and request in base64) to an address, and prints the answers in base64. */
export const SEND_RAW = `while read -r name request; do
  printf %s "$request" | base64 -d | timeout 20 openssl s_client -quiet -connect "$1" -servername "$name" 2>/dev/null | base64 -w0
  echo
done`;

/** Standard input of {@link SEND_RAW}. */
export const toLines = (requests: readonly RawRequest[]): string =>
  requests.map(({ name, bytes }) => `${name} ${Buffer.from(bytes).toString("base64")}\n`).join("");

/** What {@link SEND_RAW} printed. */
export const answersIn = (printed: string): (RawAnswer | undefined)[] =>
  printed
    .split("\n")
    .slice(0, -1)
    .map((line) => {
      const text = Buffer.from(line, "base64").toString("latin1");
      const [, status] = /^HTTP\/1\.[01] (\d{3})/.exec(text) ?? [];
      return status === undefined ? undefined : { status: Number(status), text };
    });
