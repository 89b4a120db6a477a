import type { z } from "zod";
import * as formats from "../../../config/formats";
import { HOST_KEY } from "./example";

const blob = (...fields: (string | Buffer)[]) =>
  Buffer.concat(
    fields.flatMap((field) => {
      const length = Buffer.alloc(4);
      length.writeUInt32BE(field.length);
      return [length, Buffer.from(field)];
    }),
  ).toString("base64");

const HEX = "0123456789abcdef".repeat(4);

const PEM = "-----BEGIN CERTIFICATE-----\nAAAA+/==\nBBBB\n-----END CERTIFICATE-----\n";

const CASES: Record<string, { schema: z.ZodType; right: unknown[]; wrong: unknown[] }> = {
  domainName: {
    schema: formats.domainName,
    right: ["ewutelo.cloud", "preprod.ewutelo.cloud", "vpai.test", "xn--bcher-kva.example"],
    wrong: [
      "cloud",
      "Ewutelo.cloud",
      "-a.de",
      "a-.de",
      "a..de",
      "a.de.",
      "a b.de",
      "1.2.3.4",
      "a.de\n",
      `${"a".repeat(64)}.de`,
    ],
  },
  networkAddress: {
    schema: formats.networkAddress,
    right: ["137.74.114.167", "2001:db8::1", "host.example.org"],
    wrong: ["137.74.114", "137.74.114.256", "localhost", "user@host.de", "host.de:22", "-oProxyCommand=x"],
  },
  vpnAddress: {
    schema: formats.vpnAddress,
    right: ["100.64.0.0", "100.64.0.14", "100.127.255.255"],
    wrong: ["100.63.255.255", "100.128.0.0", "10.0.0.1", "100.64.0", "100.64.0.1/32", "fd7a:115c:a1e0::1"],
  },
  cidr: {
    schema: formats.cidr,
    right: ["0.0.0.0/0", "198.51.100.0/24", "::/0", "2001:db8::/32", "192.0.2.1/32", "2001:db8::1/128"],
    wrong: [
      "198.51.100.0",
      "198.51.100.0/33",
      "198.51.100.0/-1",
      "198.51.100.0/024",
      "::/129",
      "a/8",
      "1.2.3.4/8/8",
      "/8",
    ],
  },
  port: { schema: formats.port, right: [1, 22, 65535], wrong: [0, 65536, 1.5, "22", null] },
  userName: {
    schema: formats.userName,
    right: ["root", "mobuone", "_apt", "www-data"],
    wrong: ["", "Root", "-l", "a b", "9a", "a".repeat(33)],
  },
  personName: { schema: formats.personName, right: ["mobuone"], wrong: ["root", "", "Root"] },
  filePath: {
    schema: formats.filePath,
    right: ["~/.ssh/seko-vpn-deploy", "/etc/ssh/key", "/with space/é"],
    wrong: ["", "key", "~other/key", "/a\nb", "/a\u0000", "~"],
  },
  hostKey: {
    schema: formats.hostKey,
    right: [
      HOST_KEY,
      `ecdsa-sha2-nistp256 ${blob("ecdsa-sha2-nistp256", "nistp256", Buffer.alloc(65, 4))}`,
      `ssh-rsa ${blob("ssh-rsa", Buffer.from([1, 0, 1]), Buffer.alloc(385, 1))}`,
    ],
    wrong: [
      "",
      "ssh-ed25519",
      "ssh-ed25519 AAAA",
      `${HOST_KEY} me@host`,
      `sese-ai ${HOST_KEY}`,
      HOST_KEY.replace("ssh-ed25519", "ssh-rsa"),
      HOST_KEY.slice(0, -4),
      `${HOST_KEY}AAAA`,
      `ssh-ed25519 ${blob("ssh-ed25519", Buffer.alloc(31))}`,
      `ssh-ed25519 ${blob("ssh-ed25519", Buffer.alloc(32), "more")}`,
      `ssh-dss ${blob("ssh-dss", "a", "b", "c", "d")}`,
      `__proto__ ${blob("__proto__", Buffer.alloc(32))}`,
    ],
  },
  memoryMiB: { schema: formats.memoryMiB, right: [6, 512, 16384], wrong: [5, 0, -1, 1.5, "512m", 1e300] },
  cpus: { schema: formats.cpus, right: [0.01, 0.5, 4, "2", "0.75"], wrong: [0, -1, "two", "-1", 1e300, null] },
  keptReleases: { schema: formats.keptReleases, right: [1, 5, 100, "3"], wrong: [0, 101, 1.5, "0", "-1", "all", null] },
  source: {
    schema: formats.source,
    right: ["203.0.113.7", "2001:db8::7", "203.0.113.0/24", "2001:db8::/48"],
    wrong: ["0.0.0.0/0", "::/0", "203.0.113.0/33", "home.example.org", "", "203.0.113.7 ", null],
  },
  pinnedImage: {
    schema: formats.pinnedImage,
    right: [
      "redis:8.0.2",
      "docker.io/library/postgres:18.1-bookworm",
      "localhost:5000/vpai/caddy:2.10.2",
      `ghcr.io/a/b@sha256:${HEX}`,
      `ghcr.io/a/b:v1@sha256:${HEX}`,
      "a/b:latest-2026",
    ],
    wrong: [
      "redis",
      "redis:latest",
      `redis:latest@sha256:${HEX}`,
      "localhost:5000/vpai/caddy",
      "redis:",
      "redis@sha256:0123",
      "Redis:8",
      "redis:8 --privileged",
      "",
    ],
  },
  registry: {
    schema: formats.registry,
    right: ["ghcr.io", "docker.io", "registry.example.org:5000", "10.64.1.5", "192.0.2.1:443", "quay.io"],
    wrong: [
      ...[
        "https://ghcr.io",
        "ghcr.io/mobutoo",
        "ghcr.io/",
        "GHCR.io",
        "ghcr",
        "ghcr.io:",
        "ghcr.io:0",
        "ghcr.io:65536",
      ],
      ...["index.docker.io", "registry-1.docker.io", "hub.docker.com", "ghcr.io\n", "", "a:b:1", "mobutoo@ghcr.io"],
    ],
  },
  registryUser: {
    schema: formats.registryUser,
    right: ["mobutoo", "robot$vpai+pull", "a@example.org", "AWS", "_json_key"],
    wrong: ["", "a b", "a:b", "a\n", "\u0000", "a".repeat(256), 7],
  },
  secretName: {
    schema: formats.secretName,
    right: ["ghcrToken", "harborPassword2", "ab"],
    wrong: [
      "",
      "a",
      "GhcrToken",
      "ghcr_token",
      "ghp_16C7e42F292c6912E7710c838347Ae178B4a",
      "ghcr token",
      "a".repeat(41),
      7,
    ],
  },
  serverType: {
    schema: formats.serverType,
    right: ["cx23", "cax11", "ccx13", "cpx62"],
    wrong: ["", "CX23", "cx", "cx23 "],
  },
  location: { schema: formats.location, right: ["nbg1", "fsn1", "ash"], wrong: ["", "Nuremberg", "nbg-1"] },
  ownAddress: {
    schema: formats.ownAddress,
    right: ["10.0.0.4", "203.0.113.5"],
    wrong: ["", "0.0.0.0", "example.org", "::1", "10.0.0"],
  },
  serverImage: {
    schema: formats.serverImage,
    right: ["debian-13", "ubuntu-24.04"],
    // E6: Debian 12's own engine is too old, and of others nobody knows the packages.
    wrong: ["", "debian", "Debian-13", "debian-12", "rocky-9"],
  },
  emailAddress: { schema: formats.emailAddress, right: ["a@example.org"], wrong: ["a", "a@b", "a b@example.org"] },
  httpsUrl: {
    schema: formats.httpsUrl,
    right: ["https://acme-v02.api.letsencrypt.org/directory", "https://ca:14000/dir", "https://ca"],
    wrong: ["", "http://ca/dir", "https://", "https://ca/", "https://ca/d ir", "https://ca/dir?x=1"],
  },
  apiAddress: {
    schema: formats.apiAddress,
    right: ["https://eu.api.ovh.com/1.0", "http://127.0.0.1:8080/1.0"],
    wrong: ["", "eu.api.ovh.com", "ovh-eu", "https://eu.api.ovh.com/1.0/", "ftp://eu.api.ovh.com/1.0"],
  },
  certificates: {
    schema: formats.certificates,
    right: [PEM, `${PEM}${PEM}`, `${PEM}\n${PEM}`, PEM.trim()],
    wrong: ["", "AAAA", PEM.replace("END", "STOP"), `${PEM}more`, PEM.replaceAll("CERTIFICATE", "PRIVATE KEY")],
  },
  dnsServer: {
    schema: formats.dnsServer,
    right: ["192.0.2.53:53", "[2001:db8::53]:53"],
    wrong: ["", "192.0.2.53", "192.0.2.53:0", "192.0.2.53:70000", "ns.example.org:53", ":53"],
  },
  recordName: {
    schema: formats.recordName,
    right: ["", "couch", "couch.staging", "_acme-challenge.couch"],
    wrong: ["Couch", "-a", "a-", ".a", "a.", "a b", "a".repeat(64)],
  },
};

describe.each(Object.entries(CASES))("%s", (_name, { schema, right, wrong }) => {
  it.each(right.map((value) => [value]))("accepts %j", (value) => {
    expect(schema.safeParse(value).success).toBe(true);
  });
  it.each(wrong.map((value) => [value]))("refuses %j", (value) => {
    expect(schema.safeParse(value).success).toBe(false);
  });
});

it("every format is tested", () => {
  expect(Object.keys(CASES).sort()).toEqual(Object.keys(formats).sort());
});
