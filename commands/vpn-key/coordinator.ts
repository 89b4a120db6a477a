import type { Headscale } from "@vpai/providers";
import { PORT } from "../../platforms/vpai/services/headscale/config";
import type { DeployedHost } from "../stack/hosts";

/** A stack's Headscale, and where nodes come to it. */
interface Coordinator {
  headscale: Headscale;
  /** `https://singa.example.org` */
  site: string;
}

/** The coordinator among a stack's hosts. @throws where the stack does not run it */
export function coordinatorAmong(hosts: Readonly<Record<string, DeployedHost>>): Coordinator {
  for (const { connection, services } of Object.values(hosts)) {
    const { container, urls: [url] = [] } = services["headscale"] ?? {};
    if (container !== undefined && url !== undefined)
      return { headscale: { connection, server: { container, port: PORT } }, site: new URL(url).origin };
  }
  throw new Error("expected a host that runs headscale, found none: it is in the group vpn (vpai:services, SERVICES=)");
}
