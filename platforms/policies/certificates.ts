import { hostnameOf } from "../../model/site";
import { answeredBy } from "./sites";
import { onEachService, type Policy } from "./policy";

/** An ACME server that asks a site itself reaches public ones alone. */
export const provableSites: Policy = onEachService(({ expose = [] }, { name, context }) => {
  if (context.tls !== "acme" || !context.vpnEnforce) return [];
  const closed = answeredBy(name, expose).filter(({ access }) => access === "vpn");
  return closed.length === 0
    ? []
    : [
        {
          expected: "sites that the ACME server can ask, as vpai:tls is acme",
          found: `a VPN-only one, ${closed.map((site) => hostnameOf(site, context.domain)).join(", ")}`,
          mend: "set vpai:tls to acme-ovh, or vpai:vpnEnforce to false",
        },
      ];
});
