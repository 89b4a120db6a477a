import { registryOf } from "../../model/registry";

/** A stack's login at an image registry. */
export interface RegistryLogin {
  /** As references name it: `ghcr.io`. */
  registry: string;
  user: string;
  password: string;
  /** Name of the secret that holds the password, for messages. */
  secret: string;
}

/** How engines pass on what registries answer. Registries say the same of what is private and of what is not there. */
const REFUSED = /unauthorized|(?<!permission )denied|forbidden|no basic auth credentials|authentication required/i;
const UNREACHED =
  /dial tcp|no such host|server misbehaving|connection re(fused|set)|timeout|timed out|deadline exceeded|unreachable|no route to host|x509|tls: |\bEOF\b|HTTP response to HTTPS/i;
const LIMITED = /toomanyrequests|rate limit/i;
const MISSING = /manifest unknown|name unknown|: not found|manifest for \S+ not found/i;

/** Whether a registry refused for want of rights. */
export const accessRefused = (said: string): boolean => REFUSED.test(said) && !LIMITED.test(said);

/** Why a pull failed by what the engine said, and what to do; of one that was made without a login of the stack's. */
export function causeOf(said: string, reference: string): string {
  const registry = registryOf(reference);
  const quoted = quote(said);
  if (LIMITED.test(said))
    return `${registry} was asked too often (${quoted}): run up again later, or declare a login (${HOW})`;
  if (accessRefused(said))
    return `${registry} gives it to no stranger, or has no such image (${quoted}): declare a login (${HOW}), or correct the name`;
  if (MISSING.test(said)) return `${registry} has no such tag (${quoted}): correct the tag`;
  if (UNREACHED.test(said))
    return `the host does not reach ${registry} (${quoted}): see to the host's network and its name resolution, or run up again later`;
  return `${quoted}: see that the tag exists and that the host reaches ${registry}`;
}

/** Why the host could not take an image in, and what to do. @param free MiB on the engine's disk, where that is known */
export const diskFilled = (said: string, free: number | undefined): string =>
  `the engine's disk filled up meanwhile (${quote(said)})${free === undefined ? "" : `, and ${free} MiB are free there now`}: ` +
  "free some there (`docker system df`, `df -i`) or enlarge the disk, then run up again";

/** Why a registry refused a pull with a login that it takes, and what to do. @param said what it answered */
export const imageRefused = ({ registry, user }: RegistryLogin, said: string): string =>
  `${registry} takes the login of ${user} and does not give this image to it (${quote(said)}): let ${user} read it there, or correct the name`;

/** Why a registry does not take a login, and what to do. @param said what it answered to the login alone */
export const loginRefused = ({ registry, user, secret }: RegistryLogin, said: string): string =>
  `${registry} refuses the login of ${user} (${quote(said)}): correct vpai:registries or secrets:${secret}`;

/** Where to read how a login is declared. */
const HOW = "vpai:registries, docs/secrets.md";

/** Longest part of an answer that a message quotes, in characters. */
const LONGEST_QUOTE = 300;

/** What was said, in one line. */
const quote = (said: string): string =>
  JSON.stringify(
    said
      .trim()
      .replace(/^Error response from daemon: /, "")
      .replace(/\s+/g, " ")
      .slice(0, LONGEST_QUOTE),
  )
    .replaceAll('\\"', "'")
    .replaceAll("\\\\", "\\");
