import { accessLogOf } from "../../../../../components/hosts/layers/crowdsec";
import caddy from "../../../../../platforms/vpai/services/caddy";
import caddyWorkstation from "../../../../../platforms/vpai/services/caddy-workstation";
import gateway from "../../../../../platforms/vpai/services/gateway";
import redis from "../../../../../platforms/vpai/services/redis";

test.each([
  [caddy, "/opt/vpai", ["/opt/vpai/data/caddy/access/access.log"]],
  [gateway, "/opt/vpn", ["/opt/vpn/data/gateway/access/access.log"]],
  // VPN-only sites alone, and no site at all.
  [caddyWorkstation, "/opt/workstation", []],
  [redis, "/opt/vpai", []],
])("CrowdSec reads the notes of gateways that everybody reaches", (service, folder, logs) => {
  expect(accessLogOf(service, folder)).toEqual(logs);
});
