import type { Hold } from "../../model/site";

/** How long connections that stay open, such as WebSockets, outlive a reload; without, each reload closes them at once. */
const STREAM_GRACE = "5m";

/**
 * The most that a held request's body may have. It is kept in memory, and what is longer is cut off: more than n8n takes
 * (`N8N_PAYLOAD_SIZE_MAX`, 16 MiB), which then refuses it.
 */
const LARGEST_BODY = "17MiB";

/** Seconds after which a client may ask again, in `Retry-After`. */
const RETRY_AFTER = 30;

/** Where requests go. */
export interface Upstream {
  /** `<host>:<port>`, with `https://` where TLS is spoken. */
  address: string;
  /** Default: none wait. */
  holds?: Hold | undefined;
  /** The name under which it is asked. Default: the one that the client asked for. */
  hostname?: string;
  /** Lines for the transport. Default: none. */
  transport?: readonly string[];
}

/** Caddyfile lines that pass requests on. */
export const proxyTo = (upstream: Upstream): string[] =>
  upstream.holds === undefined ? proxy(upstream, []) : held(upstream, upstream.holds);

/**
 * A request that could not be sent, because nobody accepted the connection or the program is not ready, is tried again; one
 * that was sent never is. For that, each has a connection of its own, and its body is one that a failed try does not
 * close: reading the placeholder puts such a one in its place. `request_buffers` would not do: Caddy 2.10 hands a buffer
 * to the next request once a try has failed.
 */
const held = (upstream: Upstream, { seconds, ready }: Hold): string[] => [
  "request_body {",
  `\tmax_size ${LARGEST_BODY}`,
  "}",
  "vars held_body {http.request.body}",
  ...proxy({ ...upstream, transport: ["keepalive off", "dial_timeout 2s", ...(upstream.transport ?? [])] }, [
    `lb_try_duration ${seconds}s`,
    "lb_try_interval 500ms",
    `health_uri ${ready}`,
    "health_interval 1s",
    "health_timeout 5s",
    ...(upstream.hostname === undefined ? [] : ["health_headers {", `\tHost ${upstream.hostname}`, "}"]),
  ]),
];

const proxy = ({ address, hostname, transport = [] }: Upstream, more: readonly string[]): string[] => [
  `reverse_proxy ${address} {`,
  ...[
    `stream_close_delay ${STREAM_GRACE}`,
    ...(hostname === undefined ? [] : [`header_up Host ${hostname}`]),
    ...more,
    ...(transport.length === 0 ? [] : ["transport http {", ...transport.map((line) => `\t${line}`), "}"]),
  ].map((line) => `\t${line}`),
  "}",
];

/** Caddyfile lines that tell clients of held paths to come again when they have waited in vain. @param paths of the site */
export const awayFor = (paths: readonly string[]): string[] =>
  paths.length === 0
    ? []
    : [
        "handle_errors 502 503 504 {",
        `\t@held path ${paths.join(" ")}`,
        "\thandle @held {",
        `\t\theader Retry-After ${RETRY_AFTER}`,
        "\t\trespond 503",
        "\t}",
        "}",
      ];
