import type { ServiceContext } from "../model/context";
import type { Platform } from "../model/platform";
import type { Service } from "../model/service";
import type { Stack } from "../model/stack";
import { contextOf, hostViews } from "../platforms/contexts";
import vpai from "../platforms/vpai/platform";

/** What a test's stack is; nothing of it is read from the stacks' files. */
export const STACK: Stack = {
  domain: "ewutelo.cloud",
  tls: "acme-ovh",
  vpnEnforce: true,
  services: ["core", "apps", "monitoring"],
  hosts: {},
  settings: {},
};

/** What differs from {@link STACK} and from vpai's Sese-AI with all its services. */
export interface Given extends Partial<Stack> {
  host?: string;
  /** Services of the host. */
  runs?: readonly Service[];
  platform?: Platform;
  /** Names of the secrets that the stack has. */
  given?: readonly string[];
}

/** What the services of a host are told, as a deployment tells them. */
export function contextWith({
  host = "sese-ai",
  runs,
  platform = vpai,
  given = [],
  ...stack
}: Given = {}): ServiceContext {
  const views = hostViews(platform).map((view) =>
    view.name === host && runs !== undefined ? { ...view, services: runs } : view,
  );
  return contextOf(host, { ...STACK, ...stack }, views, { given });
}
