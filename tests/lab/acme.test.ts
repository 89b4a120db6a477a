import { execFileSync } from "node:child_process";
import { once } from "node:events";
import tls from "node:tls";
import caddy from "../../platforms/vpai/services/caddy";
import type { ServiceContext } from "../../model/context";
import { eventually } from "../eventually";
import { contextWith, type Given } from "../context";
import { KEYS, OvhApiServer } from "../ovh-api/api";
import type { FakeRecord } from "../ovh-api/zone";
import { serviceWith } from "../service";
import { docker, hardened, image, inside, minute, mounted, run, start, useImages } from "./harness/containers";

/**
 * The lab's Caddy, with Caddyfiles of the platform, gets certificates of a real ACME server (Pebble), which finds the sites through a
 * real name server (Knot). What the API of OVH is told, the fake of it puts there, once it is refreshed.
 */

jest.setTimeout(5 * minute);
useImages("pebble", "caddy");

const DOMAIN = "vpai.test";

/** What listens behind the sites that are tried, which answers nothing. */
const BEHIND = serviceWith({ name: "127.0.0.1", expose: [{ subdomain: "inner", port: 9001, access: "vpn" }] });

const addressOf = (name: string): string =>
  docker("inspect", "--format", "{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}", `${run}-${name}`);

/** Starts an ACME server for sites at one address. @param tlsPort that it asks for certificates; none listens on 9 */
function acmeServer(name: string, tlsPort: number): void {
  start(name, image("pebble"), [
    "--hostname",
    name,
    "--network-alias",
    name,
    "--env",
    `ZONE=${DOMAIN}`,
    "--env",
    `TLS_PORT=${tlsPort}`,
  ]);
}

/** Roots of its own address, and of what it signs. */
async function rootsOf(server: string): Promise<string> {
  const asked = ["wget", "-q", "-O", "-", "--ca-certificate=/ca.pem", `https://${server}:15000/roots/0`];
  const issuing = await eventually(() => {
    const text = inside(server, ...asked);
    expect(text).toContain("BEGIN CERTIFICATE");
    return text;
  }, 120);
  return `${inside(server, "cat", "/ca.pem").trim()}\n${issuing.trim()}\n`;
}

/** Has the name server answer with records of the zone, and with no others but its own. */
function serve(server: string, records: readonly { name: string; type: string; value: string }[]): void {
  const own = `@ 60 SOA ns.${DOMAIN}. nobody.${DOMAIN}. ${Date.now() % 2 ** 31} 60 60 600 60\n@ 60 NS ns.${DOMAIN}.\nns 60 A 127.0.0.1\n`;
  const lines = records.map(({ name, type, value }) => `${name === "" ? "@" : name} 1 ${type} ${value}\n`);
  const script = 'printf %s "$1" >/tmp/zones/zone; knotc -c /tmp/knot.conf -b zone-reload "$2"';
  inside(server, "sh", "-euc", script, "serve", [own, ...lines].join(""), DOMAIN);
}

/** Starts Caddy as the platform does. */
function startCaddy(name: string, context: ServiceContext, secrets: Record<string, string> = {}): void {
  const files = (caddy.files?.(context) ?? []).flatMap((file) => mounted(file.path, file.content as string));
  const given = Object.entries(secrets).flatMap(([key, value]) => mounted(`/run/secrets/${key}`, value));
  const variables = Object.entries(caddy.environment?.(context) ?? {}).flatMap(([key, value]) => [
    "--env",
    `${key}=${value}`,
  ]);
  const options = [...hardened, "--cap-add", "NET_BIND_SERVICE", "--tmpfs", "/config:mode=1777", "--tmpfs", "/data"];
  start(
    name,
    image("caddy"),
    [...options, ...files, ...given, ...variables],
    "sh",
    "-euc",
    WAITING,
    "caddy",
    ...(caddy.run.command ?? []),
  );
}

/** Its address has to be known to the name server before it asks for a certificate: it would wait a minute after a failure. */
const WAITING = 'until [ -e /data/go ]; do sleep 0.2; done; exec "$@"';
const go = (name: string): string => inside(name, "touch", "/data/go");

/** The certificate that a site shows, verified by nothing but the ACME server's root. */
async function certificateOf(
  caddyName: string,
  port: number,
  hostname: string,
  ca: string,
): Promise<tls.PeerCertificate> {
  const socket = tls.connect({ host: addressOf(caddyName), port, servername: hostname, ca });
  try {
    await once(socket, "secureConnect");
    return socket.getPeerCertificate();
  } finally {
    socket.destroy();
  }
}

const logOf = (name: string): string =>
  execFileSync("sh", ["-c", 'docker logs "$1" 2>&1', "logs", `${run}-${name}`], { encoding: "utf8" });
const given = (more: Given): ServiceContext => contextWith({ domain: DOMAIN, runs: [], ...more });

test("a public site proves itself by HTTP-01, and gets its certificate", async () => {
  acmeServer("ca-http", 9);
  const root = await rootsOf("ca-http");
  const acme = { directory: "https://ca-http:14000/dir", root };
  startCaddy("caddy-http", given({ tls: "acme", vpnEnforce: false, acme, acmeEmail: "me@example.org" }));
  serve("ca-http", [{ name: "", type: "A", value: addressOf("caddy-http") }]);
  go("caddy-http");
  const { issuer, subjectaltname } = await eventually(() => certificateOf("caddy-http", 443, DOMAIN, root), 120);
  expect([subjectaltname, issuer.CN]).toEqual([`DNS:${DOMAIN}`, expect.stringMatching(/^Pebble Intermediate CA/)]);
  expect(logOf("caddy-http")).toMatch(/"challenge_type":"http-01"/);
  const ask = `echo "127.0.0.1 ${DOMAIN}" >>/etc/hosts; wget -q -O - "--ca-certificate=$SSL_CERT_FILE" https://${DOMAIN}/health`;
  expect(inside("caddy-http", "sh", "-euc", ask)).toBe("OK");
});

test("a VPN-only site, which nobody can ask, proves itself by DNS-01 at OVH's API", async () => {
  acmeServer("ca-dns", 9);
  const root = await rootsOf("ca-dns");
  const api = new OvhApiServer(DOMAIN);
  const gateway = docker("network", "inspect", "--format", "{{range .IPAM.Config}}{{.Gateway}}{{end}}", run);
  const endpoint = await api.start(0, gateway);
  try {
    const seen: string[] = [];
    api.zone.onRefresh = (records: readonly FakeRecord[]) => {
      const texts = records.filter(({ fieldType }) => fieldType === "TXT");
      seen.push(...texts.map(({ subDomain }) => subDomain));
      serve(
        "ca-dns",
        texts.map(({ subDomain, target }) => ({ name: subDomain, type: "TXT", value: target })),
      );
    };
    const acme = { directory: "https://ca-dns:14000/dir", root, resolvers: [`${addressOf("ca-dns")}:53`] };
    const ovh = { zone: DOMAIN, endpoint };
    startCaddy("caddy-dns", given({ tls: "acme-ovh", vpnEnforce: true, acme, ovh, runs: [BEHIND] }), {
      ovh_application_key: KEYS.applicationKey,
      ovh_application_secret: KEYS.applicationSecret,
      ovh_consumer_key: KEYS.consumerKey,
    });
    go("caddy-dns");
    const { subjectaltname, issuer } = await eventually(
      () => certificateOf("caddy-dns", 8443, `inner.${DOMAIN}`, root),
      180,
    );
    expect([subjectaltname, issuer.CN]).toEqual([
      `DNS:inner.${DOMAIN}`,
      expect.stringMatching(/^Pebble Intermediate CA/),
    ]);
    expect(seen).toContain("_acme-challenge.inner");
    // Every request was signed with the right keys, and what was put there is taken away again.
    expect(api.calls.filter((call) => / 40[03]$/.test(call))).toEqual([]);
    await eventually(
      () => expect([...api.zone.records.values()].filter(({ fieldType }) => fieldType === "TXT")).toEqual([]),
      60,
    );
  } finally {
    await api.stop();
  }
});
