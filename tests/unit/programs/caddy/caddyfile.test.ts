import fc from "fast-check";
import type { ServiceContext } from "../../../../model/context";
import type { Exposure } from "../../../../model/site";
import { caddyUnit } from "../../../../programs/caddy";
import { caddyfile } from "../../../../programs/caddy/caddyfile";
import { contextWith } from "../../../context";
import { serviceWith } from "../../../service";

const label = fc.stringMatching(/^[a-z][a-z0-9]{0,8}$/);

/** Few names and paths, so that they meet on one hostname. */
const exposure = fc.record(
  {
    subdomain: fc.constantFrom("", "a", "b"),
    port: fc.integer({ min: 1, max: 65535 }),
    access: fc.constantFrom("public" as const, "vpn" as const),
    path: fc.constantFrom("/x", "/x/*", "/x/y/*", "/z/*"),
    stripPath: fc.boolean(),
  },
  { requiredKeys: ["subdomain", "port", "access"] },
);

const placeOf = ({ subdomain, path = "" }: Pick<Exposure, "subdomain" | "path">): string => `${subdomain} ${path}`;

/** Each exposure beside the name of its service or, for another host's site, that host's address. */
const offers = fc.uniqueArray(fc.tuple(fc.constantFrom("one", "two", "100.64.0.2"), exposure), {
  selector: ([, { subdomain, path }]) => placeOf({ subdomain, ...(path === undefined ? {} : { path }) }),
  maxLength: 8,
});

const context: fc.Arbitrary<ServiceContext> = fc
  .record(
    {
      domain: fc.tuple(label, label).map((labels) => labels.join(".")),
      tls: fc.constantFrom("internal" as const, "acme-ovh" as const),
      vpnEnforce: fc.boolean(),
      acmeEmail: fc.constant("me@example.org"),
      offers,
    },
    { requiredKeys: ["domain", "tls", "vpnEnforce", "offers"] },
  )
  .map(({ offers: given, ...stack }) => ({
    ...contextWith({
      ...stack,
      runs: ["one", "two"].map((name) =>
        serviceWith({ name, expose: given.flatMap(([by, one]) => (by === name ? [one as Exposure] : [])) }),
      ),
    }),
    remoteSites: given.flatMap(([by, one]) => (by === "100.64.0.2" ? [{ ...one, address: by }] : [])),
  }));

interface Block {
  addresses: string[];
  lines: string[];
}

/** The site blocks of a Caddyfile: heads at the start of a line, bodies up to the closing brace there. */
function sites(text: string): Block[] {
  const blocks = [...text.matchAll(/^([^\s{}(][^\n]*) \{\n([^]*?)^\}$/gm)];
  return blocks.map(([, head = "", body = ""]) => ({
    addresses: head.split(", "),
    lines: body.split("\n").map((line) => line.trim()),
  }));
}

/** Port that an address of a site block listens on. */
const portOf = (address: string): number =>
  Number(/:(\d+)$/.exec(address)?.[1] ?? (address.startsWith("http://") ? 80 : 443));

/** Whether a path matches, as Caddy's documentation has it: a trailing `*` stands for any rest. */
const matches = (pattern: string | undefined, path: string): boolean =>
  pattern === undefined || (pattern.endsWith("*") ? path.startsWith(pattern.slice(0, -1)) : path === pattern);

/** Whether nobody gets past a block's handshake: RSA's suites alone, by the version that has any. */
const isClosed = ({ lines }: Block): boolean =>
  lines.includes("protocols tls1.2 tls1.2") && lines.includes("ciphers TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256");

/** What a site block does with a request: the first matching part wins. */
function answerOf({ lines }: Block, path: string): string {
  if (isClosed({ addresses: [], lines })) return "no handshake";
  const text = lines.join("\n").replaceAll(" {\nstream_close_delay 5m\n}", "");
  const parts = [...text.matchAll(/^(handle|handle_path)(?: (\S+))? \{\n(.+)\n\}$/gm)];
  if (parts.length === 0) return /^reverse_proxy (\S+)$/m.exec(text)?.[1] ?? "nothing";
  const [, kind, , directive = ""] = parts.find(([, , pattern]) => matches(pattern, path)) ?? [];
  return `${directive.replace("reverse_proxy ", "")}${kind === "handle_path" ? ", stripped" : ""}`;
}

/** What the stack promises of a request: of all that may answer there, the one that says most about the path does. */
function promised({ domain, vpnEnforce, services, remoteSites }: ServiceContext, request: Request): string {
  const { hostname, path, port } = request;
  const all = [
    ...services.flatMap(({ name, expose = [] }) => expose.map((one) => ({ ...one, by: name }))),
    ...remoteSites.map((one) => ({ ...one, by: one.address })),
  ].filter(({ subdomain }) => (subdomain === "" ? domain : `${subdomain}.${domain}`) === hostname);
  const allowed = all.filter(({ access }) => port === 8443 || access === "public" || !vpnEnforce);
  if (port === 8443 && all.every(({ access }) => access === "public")) return "respond 404";
  if (port === 443 && hostname !== domain && all.length > 0 && allowed.length === 0) return "no handshake";
  if (hostname === domain && path === "/health") return 'respond "OK" 200';
  const order = ["/x", "/x/y/*", "/x/*", "/z/*", undefined];
  const winner = order
    .flatMap((pattern) => allowed.filter((one) => one.path === pattern))
    .find((one) => matches(one.path, path));
  if (winner === undefined) return "respond 404";
  return `${winner.by}:${winner.port}${winner.stripPath === true && winner.path !== undefined ? ", stripped" : ""}`;
}

interface Request {
  hostname: string;
  path: string;
  port: number;
}

const PATHS = ["/", "/x", "/x/", "/x/q", "/x/y/q", "/z/1", "/health", "/other"];

test("braces are balanced and never close what is not open", () => {
  fc.assert(
    fc.property(context, (given) => {
      let depth = 0;
      for (const line of caddyfile(given).split("\n")) {
        if (line.trim() === "}") depth -= 1;
        expect(depth).toBeGreaterThanOrEqual(0);
        if (line.endsWith("{")) depth += 1;
      }
      expect(depth).toBe(0);
    }),
  );
});

/** Requests for each hostname, path and listener. */
const requests = ({ domain }: ServiceContext): Request[] =>
  [domain, `a.${domain}`, `b.${domain}`].flatMap((hostname) =>
    PATHS.flatMap((path) => [443, 8443].map((port) => ({ hostname, path, port }))),
  );

/** The block that serves a hostname on a listener. */
const blockFor = (text: string, { hostname, port }: Request): Block[] =>
  sites(text).filter(({ addresses }) =>
    addresses.some(
      (address) => portOf(address) === port && address.replace(/^https:\/\//, "").replace(/:\d+$/, "") === hostname,
    ),
  );

test("every request gets the answer that the exposures promise, on each listener", () => {
  fc.assert(
    fc.property(context, (given) => {
      const text = caddyfile(given);
      for (const request of requests(given)) {
        const blocks = blockFor(text, request);
        expect(blocks.length).toBeLessThanOrEqual(1);
        const found = blocks[0] === undefined ? "respond 404" : answerOf(blocks[0], request.path);
        expect([request, found]).toEqual([request, promised(given, request)]);
      }
    }),
  );
});

test("a hostname without a VPN-only part has no VPN listener", () => {
  fc.assert(
    fc.property(context, (given) => {
      const exposures = [...given.services.flatMap(({ expose = [] }) => expose), ...given.remoteSites];
      const inside = new Set(
        exposures
          .filter(({ access }) => access === "vpn")
          .map(({ subdomain }) => (subdomain === "" ? given.domain : `${subdomain}.${given.domain}`)),
      );
      const listening = sites(caddyfile(given)).flatMap(({ addresses }) =>
        addresses.flatMap((address) => /^https:\/\/(.+):8443$/.exec(address)?.[1] ?? []),
      );
      expect(new Set(listening)).toEqual(inside);
      expect(listening.length).toBe(inside.size);
    }),
  );
});

test("who may come in is never decided by a source address", () => {
  fc.assert(
    fc.property(context, (given) =>
      expect(caddyfile(given)).not.toMatch(/remote_ip|client_ip|trusted_proxies|X-Forwarded/),
    ),
  );
});

test("every site but the redirect and the metrics has TLS of the stack's kind and the security headers", () => {
  fc.assert(
    fc.property(context, (given) => {
      const [redirect, metrics, nobody, ...rest] = sites(caddyfile(given));
      const [closed, others] = [rest.filter(isClosed), rest.filter((block) => !isClosed(block))];
      expect(redirect).toMatchObject({
        addresses: ["http://", "http://:8080"],
        lines: ["redir https://{host}{uri} 308", ""],
      });
      expect(metrics).toMatchObject({ addresses: ["http://:2020"], lines: ["metrics /metrics", ""] });
      expect(nobody?.addresses).toEqual(["https://:443", "https://:8443"]);
      expect(nobody?.lines.slice(-2)).toEqual(["respond 404", ""]);
      for (const { lines } of others) expect(lines).toContain("import security_headers");
      for (const { lines } of closed) expect(lines.slice(-2)).toEqual(["respond 404", ""]);
      for (const { lines } of [...(nobody === undefined ? [] : [nobody]), ...closed, ...others]) {
        expect(lines.some((line) => /^tls internal( \{)?$/.test(line))).toBe(given.tls === "internal");
        expect(lines.includes("dns ovh {")).toBe(given.tls === "acme-ovh");
      }
    }),
  );
});

test("the domain itself answers health checks and nothing else (docs/requirements.md#global-view)", () => {
  const text = caddyfile(contextWith({ tls: "internal", runs: [] }));
  expect(sites(text).map(({ addresses }) => addresses)).toEqual([
    ["http://", "http://:8080"],
    ["http://:2020"],
    ["https://:443", "https://:8443"],
    ["ewutelo.cloud"],
  ]);
  const asked = PATHS.map((path) => answerOf(sites(text)[3] as Block, path));
  expect(asked).toEqual(PATHS.map((path) => (path === "/health" ? 'respond "OK" 200' : "respond 404")));
});

test("the certificate account's contact is given where there is one", () => {
  expect(caddyfile(contextWith({ runs: [], acmeEmail: "me@ewutelo.cloud" }))).toContain("\n\temail me@ewutelo.cloud\n");
  expect(caddyfile(contextWith({ runs: [] }))).not.toContain("email");
});

test("the administration interface is a socket of Caddy's user alone", () => {
  const context = contextWith({ tls: "internal", runs: [] });
  expect(caddyfile(context)).toContain("\tadmin unix//config/admin.sock|0600\n");
  const unit = caddyUnit({ name: "gateway", group: "studio", limits: { memoryMiB: 128, cpus: 1 } });
  expect(caddyfile({ ...context, services: [unit] })).toContain("\tadmin unix//run/caddy-admin/admin.sock|0600\n");
  expect(unit.run.sandbox).toMatchObject({ RuntimeDirectory: "caddy-admin", RuntimeDirectoryMode: "0700" });
});

describe("addresses that hold a secret", () => {
  const kuma = serviceWith({
    name: "kuma",
    expose: [{ subdomain: "uptime", port: 3001, access: "vpn", secretsBelow: ["/api/push/"] }],
  });
  const FIELD = "request>uri regexp ^(/api/push/)[^?]* $1<secret>";

  test("are noted without it, wherever the gateway notes anything", () => {
    const own = caddyfile(contextWith({ runs: [kuma] }));
    expect(own).toContain(`\tlog {\n\t\tformat filter {\n\t\t\twrap json\n\t\t\t${FIELD}\n\t\t}\n\t}\n`);
    const watched = caddyfile({ ...contextWith({ runs: [kuma] }), crowdsec: true });
    expect(watched.split(FIELD)).toHaveLength(3);
  });

  test("are no reason to change the log of a gateway that has none", () => {
    expect(caddyfile(contextWith({ runs: [serviceWith({ name: "other" })] }))).not.toContain("log {");
  });
});
