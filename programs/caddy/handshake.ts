import type { ServiceContext } from "../../model/context";
import { part } from "./syntax";

/**
 * A handshake that no client gets through: its suites are RSA's alone, and every certificate here is ECDSA's. Caddy has one store of
 * certificates for all its listeners, and would show everybody that of a VPN-only name.
 */
export const NO_HANDSHAKE = ["protocols tls1.2 tls1.2", "ciphers TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"];

/** How a site meets those who connect, and where its certificate is from. @param more options of the handshake. Default: Caddy's own */
export function tls({ tls: source, acme, ovh }: ServiceContext, more: readonly string[] = []): string[] {
  if (source === "internal") return more.length === 0 ? ["tls internal"] : part("tls internal", more);
  // As a global option, Caddy would find it in conflict with what the site of no name says of itself.
  const ca = acme?.directory === undefined ? [] : [`ca ${acme.directory}`];
  // What it does by itself: the server asks for a file on port 80, or for a certificate on port 443.
  if (source === "acme") return ca.length + more.length === 0 ? [] : part("tls", [...ca, ...more]);
  return part("tls", [
    ...ca,
    ...part("dns ovh", [
      `endpoint ${ovh?.endpoint ?? "ovh-eu"}`,
      "application_key {file./run/secrets/ovh_application_key}",
      "application_secret {file./run/secrets/ovh_application_secret}",
      "consumer_key {file./run/secrets/ovh_consumer_key}",
    ]),
    ...(acme?.resolvers === undefined ? [] : [`resolvers ${acme.resolvers.join(" ")}`]),
    ...more,
  ]);
}
