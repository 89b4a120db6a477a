import { hostnameOf } from "../../model/site";
import { publishedBy } from "../../model/run";
import { onEachService } from "./policy";

/** Who may come in is written down. The compiler asks for it, but not everything that declares a service is compiled. */
export const explicitAccess = onEachService(({ run, expose = [] }, { context }) =>
  [
    ...publishedBy(run).map(({ access, hostPort, protocol }) => ({ access, what: `port ${hostPort}/${protocol}` })),
    ...expose.map((exposure) => ({ access: exposure.access, what: hostnameOf(exposure, context.domain) })),
  ]
    .filter(({ access }) => !["public", "vpn"].includes(access))
    .map(({ access, what }) => ({
      expected: "a port or site that says who may come in",
      found: `${what} without saying who may come in: access is ${JSON.stringify(access) ?? "missing"}`,
      mend: 'say access: "public" if everybody may reach it, and "vpn" if not',
    })),
);
