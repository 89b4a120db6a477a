import type { ServiceContext } from "../../model/context";
import { PUBLIC_LISTENER } from "./routes";
import { block, part } from "./syntax";

/** Where Caddy notes what everybody may ask, for CrowdSec: in the folder that it keeps. */
export const ACCESS_LOG = "/data/access/access.log";

/**
 * Without what CrowdSec does not look at: the answer's header, which may hold secrets, and TLS. Cookies and logins Caddy leaves out
 * by itself. A disk keeps two days at most, and no more than three files of 10 MiB.
 */
export const accessNotes = (context: ServiceContext): string =>
  block("(access_notes)", [
    "log {",
    `\toutput file ${ACCESS_LOG} {`,
    "\t\troll_size 10MiB",
    "\t\troll_keep 2",
    "\t\troll_keep_for 48h",
    "\t}",
    "\tformat filter {",
    "\t\twrap json",
    "\t\trequest>tls delete",
    "\t\tresp_headers delete",
    ...withoutSecrets(context).map((line) => `\t\t${line}`),
    "\t}",
    "}",
  ]);

/** What of an address is left out wherever it is noted. */
function withoutSecrets({ services, remoteSites }: ServiceContext): string[] {
  const sites = [...services.flatMap(({ expose = [] }) => expose), ...remoteSites];
  const beginnings = [...new Set(sites.flatMap(({ secretsBelow = [] }) => secretsBelow))];
  return beginnings.length === 0 ? [] : [`request>uri regexp ^(${beginnings.join("|")})[^?]* $1<secret>`];
}

/** Caddy notes there what it could not pass on, with its address. Left alone where no address holds a secret. */
export function ownLog(context: ServiceContext): string[] {
  const fields = withoutSecrets(context);
  return fields.length === 0 ? [] : part("log", part("format filter", ["wrap json", ...fields]));
}

/** Members of the VPN are never banned: what is asked of their sites is noted nowhere. */
export const notes = (ports: readonly number[], { crowdsec }: ServiceContext): string[] =>
  crowdsec === true && ports.includes(PUBLIC_LISTENER) ? ["import access_notes"] : [];
