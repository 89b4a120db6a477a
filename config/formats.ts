import { isIP, isIPv4 } from "node:net";
import { z } from "zod";

/** A string that `accepts` agrees with; `expected` is what the error says about a missing or wrong one. */
const text = (expected: string, accepts: (value: string) => boolean) =>
  z.string({ error: expected }).refine(accepts, { error: expected });

const matching = (expected: string, pattern: RegExp) => text(expected, (value) => pattern.test(value));

const HOSTNAME = /^(?=.{1,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]([a-z0-9-]{0,61}[a-z0-9])?$/;

export const domainName = matching("a domain name in lower case, such as ewutelo.cloud", HOSTNAME);

export const networkAddress = text(
  "an IP address or a host name in lower case, such as 137.74.114.167",
  (value) => isIP(value) !== 0 || HOSTNAME.test(value),
);

export const ownAddress = text(
  "an IPv4 address that the host has itself, such as 10.0.0.4",
  (value) => isIPv4(value) && value !== "0.0.0.0",
);

/** The shared address space of RFC 6598, from which the VPN gives its nodes their addresses. */
const inVpnRange = (value: string) => {
  const [first, second] = value.split(".").map(Number);
  return isIPv4(value) && first === 100 && second !== undefined && second >= 64 && second <= 127;
};

export const vpnAddress = text("an IPv4 address of the VPN's range 100.64.0.0/10, such as 100.64.0.14", inVpnRange);

const isCidr = (value: string) => {
  const [address = "", bits = "", ...rest] = value.split("/");
  const longest = { 0: -1, 4: 32, 6: 128 }[isIP(address)] ?? -1;
  return rest.length === 0 && /^(0|[1-9]\d{0,2})$/.test(bits) && Number(bits) <= longest;
};

export const cidr = text("a network in CIDR form, such as 203.0.113.0/24 or 2001:db8::/32", isCidr);

export const source = text(
  "an IP address, or a network in CIDR form, such as 203.0.113.7 or 2001:db8::/48",
  (value) => isIP(value) !== 0 || (isCidr(value) && !value.endsWith("/0")),
);

const PORT = "a port: a whole number from 1 to 65535";
export const port = z.int({ error: PORT }).min(1, { error: PORT }).max(65535, { error: PORT });

export const userName = matching(
  "a Linux user name: lower-case letters, digits, _ and -, at most 32, such as root",
  /^[a-z_][a-z0-9_-]{0,31}$/,
);

export const personName = userName.refine((name) => name !== "root", { error: "a Linux user name that is not root" });

export const filePath = matching(
  "an absolute path, or one that starts with ~/",
  // eslint-disable-next-line no-control-regex -- control characters are what it keeps out
  /^(~\/|\/)[^\u0000-\u001f]+$/,
);

/** Key blobs of RFC 4253 section 6.6: every field is preceded by its length as 32-bit big-endian number. */
const fieldsOf = (blob: Buffer): Buffer[] | undefined => {
  const fields: Buffer[] = [];
  for (let at = 0; at < blob.length;) {
    if (at + 4 > blob.length) return undefined;
    const end = at + 4 + blob.readUInt32BE(at);
    if (end > blob.length) return undefined;
    fields.push(blob.subarray(at + 4, end));
    at = end;
  }
  return fields;
};

/** Number of fields after the type's name, and length in bytes of the last one where the type fixes it. */
const HOST_KEY_TYPES: Readonly<Record<string, { fields: number; lastLength?: number }>> = {
  "ssh-ed25519": { fields: 1, lastLength: 32 },
  "ecdsa-sha2-nistp256": { fields: 2, lastLength: 65 },
  "ecdsa-sha2-nistp384": { fields: 2, lastLength: 97 },
  "ecdsa-sha2-nistp521": { fields: 2, lastLength: 133 },
  "ssh-rsa": { fields: 2 },
};

const isHostKey = (value: string) => {
  const [type = "", base64 = "", ...rest] = value.split(" ");
  const shape = Object.hasOwn(HOST_KEY_TYPES, type) ? HOST_KEY_TYPES[type] : undefined;
  const blob = Buffer.from(base64, "base64");
  if (!shape || rest.length > 0 || blob.toString("base64") !== base64) return false;
  const [name, ...fields] = fieldsOf(blob) ?? [];
  if (name?.toString("latin1") !== type || fields.length !== shape.fields) return false;
  return shape.lastLength === undefined || fields.at(-1)?.length === shape.lastLength;
};

export const hostKey = text(
  'an SSH public host key as "ssh-ed25519 AAAA…": type and base64 text of one key, without a comment',
  isHostKey,
);

/** Docker accepts no memory limit below 6 MiB; above 16 TiB a unit was mixed up. */
const MIB = { least: 6, most: 16 * 1024 * 1024 };
const WHOLE_MIB = `a whole number of MiB from ${MIB.least} to ${MIB.most}`;
export const memoryMiB = z
  .int({ error: WHOLE_MIB })
  .min(MIB.least, { error: WHOLE_MIB })
  .max(MIB.most, { error: WHOLE_MIB });

const CPUS = "a number of CPUs from 0.01 to 1024, such as 0.5";
/** `pulumi config set` writes a fraction as text. */
export const cpus = z.preprocess(
  (value) => (typeof value === "string" && /^\d+(\.\d+)?$/.test(value) ? Number(value) : value),
  z.number({ error: CPUS }).min(0.01, { error: CPUS }).max(1024, { error: CPUS }),
);

const REPOSITORY = /^[a-z0-9]+([._/:-]+[a-z0-9]+)*$/;
const TAG = /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$/;
const DIGEST = /^sha256:[0-9a-f]{64}$/;

const RELEASES = "how many releases stay: a whole number from 1 to 100";
/** One that the stack's file has at its top comes as text. */
export const keptReleases = z.preprocess(
  (value) => (typeof value === "string" && /^\d{1,3}$/.test(value) ? Number(value) : value),
  z.int({ error: RELEASES }).min(1, { error: RELEASES }).max(100, { error: RELEASES }),
);

/** A colon after the last slash starts the tag; one before it is a registry's port. `latest` moves even beside a digest. */
const isPinned = (reference: string) => {
  const [name = "", digest, ...rest] = reference.split("@");
  const colon = name.indexOf(":", name.lastIndexOf("/"));
  const [repository, tag] = colon < 0 ? [name, undefined] : [name.slice(0, colon), name.slice(colon + 1)];
  if (rest.length > 0 || !REPOSITORY.test(repository) || tag === "latest") return false;
  if (tag !== undefined && !TAG.test(tag)) return false;
  return digest === undefined ? tag !== undefined : DIGEST.test(digest);
};

export const pinnedImage = text(
  "an image reference with a tag that is not latest, or a digest, such as docker.io/library/redis:8.0.2",
  isPinned,
);

/** An address without a slash at its end. */
const withoutSlash = (scheme: string) => new RegExp(`^${scheme}://[^\\s/?#]+(/[^\\s/?#]+)*$`);

export const httpsUrl = matching(
  "an https address, such as https://acme-v02.api.letsencrypt.org/directory",
  withoutSlash("https"),
);

export const apiAddress = matching(
  "an http or https address without a slash at its end, such as https://eu.api.ovh.com/1.0",
  withoutSlash("https?"),
);

const CERTIFICATE = /^(-----BEGIN CERTIFICATE-----\n([A-Za-z0-9+/=]+\n)+-----END CERTIFICATE-----\n*)+$/;
export const certificates = matching("PEM certificates, one below the other", CERTIFICATE);

export const dnsServer = text("a DNS server: an IP address and a port, such as 192.0.2.53:53", (value) => {
  const [, address = "", digits = ""] = /^\[?([0-9a-f.:]+?)\]?:(\d{1,5})$/.exec(value) ?? [];
  return isIP(address) !== 0 && port.safeParse(Number(digits)).success;
});

export const recordName = matching(
  "a name below the zone in lower case, such as couch, or nothing for the zone itself",
  /^([a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?(\.[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?)*)?$/,
);

export const emailAddress = z.email({ error: "an e-mail address" });

export const serverType = matching("a Hetzner Cloud server type, such as cx23", /^[a-z]{2,4}\d{2}$/);
export const location = matching("a Hetzner Cloud location, such as nbg1", /^[a-z]{3}\d?$/);
/** Systems whose own packages have an engine that is new enough; Debian 12's is not. */
const SERVER_IMAGES = ["debian-13", "ubuntu-24.04"] as const;
const SERVER_IMAGE = `a Hetzner Cloud system image whose Docker engine is new enough: ${SERVER_IMAGES.join(" or ")}`;
export const serverImage = z.enum(SERVER_IMAGES, { error: SERVER_IMAGE });

/** What people take for Docker Hub's name in references, which is docker.io. */
const DOCKER_HUB = ["index.docker.io", "registry-1.docker.io", "hub.docker.com", "registry.hub.docker.com"];

const isRegistry = (value: string) => {
  const [, name = "", digits] = /^([^:]*)(?::(\d{1,5}))?$/.exec(value) ?? [];
  if (DOCKER_HUB.includes(name) || (digits !== undefined && !port.safeParse(Number(digits)).success)) return false;
  return isIPv4(name) || HOSTNAME.test(name);
};

export const registry = text(
  "a registry as references begin with it, without https:// and path, such as ghcr.io or docker.io",
  isRegistry,
);

/** HTTP's basic scheme ends the name at its first colon. */
export const registryUser = matching(
  "a user name at the registry: no blanks, no colon, such as mobutoo",
  /^[^\s:\p{Cc}]{1,255}$/u,
);

const SECRET_NAME = "a name for the secret in camelCase, not the password itself, such as ghcrToken";
/** Whoever writes the password itself in its place does not want it shown. */
export const secretName = z
  .string({ error: SECRET_NAME })
  .refine((value) => /^[a-z][A-Za-z0-9]{1,39}$/.test(value), { error: SECRET_NAME, params: { hidden: true } });
