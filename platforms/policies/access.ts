import { hostnameOf } from "../../model/site";
import { publishedBy } from "../../model/run";
import { onEachContainer, onEachService } from "./policy";

/** Who may come in is written down. The compiler asks for it, but not everything that declares a service is compiled. */
export const explicitAccess = onEachService(({ run, expose = [] }, { context }) =>
  [
    ...publishedBy(run).map(({ access, hostPort, protocol }) => ({ access, what: `port ${hostPort}/${protocol}` })),
    ...expose.map((exposure) => ({ access: exposure.access, what: hostnameOf(exposure, context.domain) })),
  ]
    .filter(({ access }) => !["public", "vpn", "host"].includes(access))
    .map(({ access, what }) => ({
      expected: "a port or site that says who may come in",
      found: `${what} without saying who may come in: access is ${JSON.stringify(access) ?? "missing"}`,
      mend: 'say access: "public" if everybody may reach it, and "vpn" if not',
    })),
);

/** What others' data is kept in is for the platform's own hosts, which reach it through the VPN. A stack without VPN says so. */
export const guardedPorts = onEachContainer(({ offers = [], run: { publish = [] } }, { context }) =>
  !context.vpnEnforce || !offers.some(({ guarded }) => guarded)
    ? []
    : publish
        .filter(({ access }) => access === "public")
        .map(({ hostPort, protocol }) => ({
          expected: "a server of others' data that the world does not reach",
          found: `port ${hostPort}/${protocol} published on the public address`,
          mend: 'publish it with access: "vpn"',
        })),
);
