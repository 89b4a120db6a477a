import fc from "fast-check";
import type { Service, ServiceContext } from "../../../services/model";
import { caddyfile, VPN_LISTENER } from "../../../services/rendering/caddyfile";

const label = fc.stringMatching(/^[a-z][a-z0-9]{0,8}$/);

const service = (name: string, expose: Service["expose"]): Service => ({
  name,
  group: "apps",
  image: "docker.io/library/x:1",
  user: { uid: 1, gid: 1 },
  networks: ["backend"],
  port: 80,
  limits: { memoryMiB: 64, cpus: 1 },
  health: { test: ["true"] },
  backup: { kind: "none", reason: "a test" },
  ...(expose === undefined ? {} : { expose }),
});

const exposure = fc.record({
  subdomain: label,
  port: fc.integer({ min: 1, max: 65535 }),
  access: fc.constantFrom("public" as const, "vpn" as const),
});

const context: fc.Arbitrary<ServiceContext> = fc.record(
  {
    host: fc.constant("sese-ai"),
    domain: fc.tuple(label, label).map((labels) => labels.join(".")),
    tls: fc.constantFrom("internal" as const, "acme-ovh" as const),
    vpnEnforce: fc.boolean(),
    acmeEmail: fc.constant("me@example.org"),
    services: fc
      .uniqueArray(fc.tuple(label, fc.option(fc.array(exposure, { maxLength: 3 }), { nil: undefined })), {
        selector: ([name]) => name,
        maxLength: 5,
      })
      .map((services) => services.map(([name, expose]) => service(name, expose))),
  },
  { requiredKeys: ["host", "domain", "tls", "vpnEnforce", "services"] },
);

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

const proxies = ({ lines }: Block): string[] => lines.flatMap((line) => /^reverse_proxy (\S+)$/.exec(line)?.[1] ?? []);

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

test("every exposure has one site that proxies to it, and nothing else is proxied", () => {
  fc.assert(
    fc.property(context, (given) => {
      const expected = given.services.flatMap(({ name, expose = [] }) => expose.map(({ port }) => `${name}:${port}`));
      expect(sites(caddyfile(given)).flatMap(proxies)).toEqual(expected);
    }),
  );
});

test("a VPN-only site listens on the VPN listener, and on 443 only while the VPN is not enforced", () => {
  fc.assert(
    fc.property(context, (given) => {
      const found = sites(caddyfile(given)).filter((site) => proxies(site).length > 0);
      const exposures = given.services.flatMap(({ expose = [] }) => expose);
      found.forEach(({ addresses }, index) => {
        const ports = addresses.map(portOf);
        if (exposures[index]?.access === "public") expect(ports).toEqual([443]);
        else expect(ports).toEqual(given.vpnEnforce ? [VPN_LISTENER] : [443, VPN_LISTENER]);
        for (const address of addresses) {
          expect(address.replace(/^https:\/\//, "").replace(/:\d+$/, "")).toBe(
            `${exposures[index]?.subdomain ?? ""}.${given.domain}`,
          );
        }
      });
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
      const [redirect, metrics, ...others] = sites(caddyfile(given));
      expect(redirect).toMatchObject({ addresses: ["http://"], lines: ["redir https://{host}{uri} 308", ""] });
      expect(metrics).toMatchObject({ addresses: ["http://:2020"], lines: ["metrics /metrics", ""] });
      for (const { lines } of others) {
        expect(lines).toContain("import security_headers");
        expect(lines.includes("tls internal")).toBe(given.tls === "internal");
        expect(lines.includes("dns ovh {")).toBe(given.tls === "acme-ovh");
      }
    }),
  );
});

test("the domain itself answers health checks and nothing else (seed 001, 8.2)", () => {
  const text = caddyfile({ host: "sese-ai", domain: "ewutelo.cloud", tls: "internal", vpnEnforce: true, services: [] });
  expect(sites(text).map(({ addresses }) => addresses)).toEqual([["http://"], ["http://:2020"], ["ewutelo.cloud"]]);
  expect(sites(text)[2]?.lines.filter((line) => line.startsWith("respond"))).toEqual([
    'respond /health "OK" 200',
    "respond 404",
  ]);
});

test("the certificate account's contact is given where there is one", () => {
  const given = { host: "sese-ai", domain: "ewutelo.cloud", tls: "acme-ovh", vpnEnforce: true, services: [] } as const;
  expect(caddyfile({ ...given, acmeEmail: "me@ewutelo.cloud" })).toContain("\n\temail me@ewutelo.cloud\n");
  expect(caddyfile(given)).not.toContain("email");
});

test("the administration interface is for the container itself", () => {
  expect(
    caddyfile({ host: "sese-ai", domain: "ewutelo.cloud", tls: "internal", vpnEnforce: true, services: [] }),
  ).toMatch(/^\{\n\tadmin localhost:2019\n/);
});
