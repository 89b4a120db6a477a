import { stringify } from "yaml";
import type { ServiceContext } from "../../../../model/context";
import { type Exposure, hostnameOf } from "../../../../model/site";

/** Port of its own HTTP; the gateway has the certificate. */
export const PORT = 8080;
/** Port of its metrics. */
export const METRICS_PORT = 9090;
/** UDP port on which its relay tells nodes the address that they come from. */
export const STUN_PORT = 3478;

const DATA = "/var/lib/headscale";

/** Cloudflare's, as in Headscale's own example: what is no record of ours is asked there. */
const NAMESERVERS = ["1.1.1.1", "1.0.0.1", "2606:4700:4700::1111", "2606:4700:4700::1001"];

interface ConfigArgs {
  site: Exposure;
  /** File of the records. */
  records: string;
}

/** Headscale's configuration: its own DERP relay and nobody else's, and the platform's names in its DNS. */
export function headscaleConfig({ domain }: ServiceContext, { site, records }: ConfigArgs): string {
  return stringify({
    server_url: `https://${hostnameOf(site, domain)}`,
    listen_addr: `0.0.0.0:${PORT}`,
    metrics_listen_addr: `0.0.0.0:${METRICS_PORT}`,
    // Nobody asks by gRPC from outside.
    grpc_listen_addr: "127.0.0.1:50443",
    grpc_allow_insecure: false,
    noise: { private_key_path: `${DATA}/noise_private.key` },
    prefixes: { v4: "100.64.0.0/10", v6: "fd7a:115c:a1e0::/48", allocation: "sequential" },
    derp: {
      server: {
        enabled: true,
        region_id: 999,
        region_code: "vpai",
        region_name: "VPAI",
        stun_listen_addr: `0.0.0.0:${STUN_PORT}`,
        private_key_path: `${DATA}/derp_server_private.key`,
        automatically_add_embedded_derp_region: true,
      },
      urls: [],
      paths: [],
      auto_update_enabled: false,
    },
    disable_check_updates: true,
    ephemeral_node_inactivity_timeout: "30m",
    database: { type: "sqlite", sqlite: { path: `${DATA}/db.sqlite`, write_ahead_log: true } },
    log: { format: "text", level: "info" },
    // Where the file is says a variable of the service: the check of this file alone has none beside it.
    policy: { mode: "file", path: "" },
    dns: {
      magic_dns: true,
      // Neither the server's name nor a part of it (docs/decisions/hub.md).
      base_domain: `mesh.${domain}`,
      // docs/requirements.md#vpn-access: without, nodes ask public servers, and VPN-only names lead outside.
      override_local_dns: true,
      nameservers: { global: NAMESERVERS },
      search_domains: [],
      extra_records_path: records,
    },
    unix_socket: "/var/run/headscale/headscale.sock",
    unix_socket_permission: "0770",
    logtail: { enabled: false },
    randomize_client_port: false,
  });
}
