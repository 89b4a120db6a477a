import { type Exposure, hostnameOf } from "../../model/site";
import { onEachService, type Policy, placeOf } from "./policy";
import { unique } from "./unique";

/** Only one program can answer under a hostname and path. */
export const uniqueSites: Policy = (plans) =>
  unique(
    plans.flatMap((plan) => {
      const site = (exposure: Exposure): string => `${hostnameOf(exposure, plan.context.domain)}${exposure.path ?? ""}`;
      return [
        ...plan.services.flatMap((service) =>
          answeredBy(plan.name, service.expose).map((exposure) => [site(exposure), placeOf(plan, service)] as const),
        ),
        ...(plan.context.remoteSites ?? []).map(
          (remote) => [site(remote), `${plan.name}, for ${remote.address}`] as const,
        ),
      ];
    }),
    (what) => `more than one site is ${what}`,
    "give each a subdomain, or a path, of its own",
  );

/** A VPN-only site of a host outside the VPN answers nobody. */
export const reachableSites: Policy = onEachService(({ expose = [] }, { name, vpnAddress, context }) =>
  !context.vpnEnforce || vpnAddress !== undefined || answeredBy(name, expose).every(({ access }) => access !== "vpn")
    ? []
    : [
        {
          expected: "a host that VPN members can reach",
          found: "a VPN-only site on a host without vpnAddress: nobody could reach it",
          mend: `set vpai:hosts.${name}.vpnAddress, or vpai:vpnEnforce to false while the VPN is not there`,
        },
      ],
);

/** Sites that a host's own gateway answers for; another one answers for the rest. */
export const answeredBy = (host: string, expose: readonly Exposure[] = []): readonly Exposure[] =>
  expose.filter(({ via = host }) => via === host);
