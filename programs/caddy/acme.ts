import { createHash } from "node:crypto";
import type { ServiceContext } from "../../model/context";
import type { ConfigFile } from "../../model/files";

/**
 * Where Caddy finds the roots of an ACME server that is not a public one. Its name follows from what it holds: they are read when
 * Caddy starts, so other ones are a reason to start it anew.
 */
export function rootsFile({ acme }: Pick<ServiceContext, "acme">): string | undefined {
  if (acme?.root === undefined) return undefined;
  return `/etc/caddy/acme-${createHash("sha256").update(acme.root).digest("hex").slice(0, 12)}.pem`;
}

/** The same as a file of Caddy. */
export function acmeRoots(context: ServiceContext): ConfigFile[] {
  const path = rootsFile(context);
  return path === undefined ? [] : [{ path, content: context.acme?.root ?? "" }];
}

/** What has Caddy trust them; `acme_ca_root` would want the file where the Caddyfile is only checked. The public ones stay. */
export function trusting(context: ServiceContext): Record<string, string> {
  const path = rootsFile(context);
  return path === undefined ? {} : { SSL_CERT_FILE: path };
}
