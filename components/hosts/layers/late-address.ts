import type { Resource } from "@pulumi/pulumi";
import { RemoteFile } from "@vpai/providers";
import { publishedBy } from "../../../model/run";
import type { Service } from "../../../model/service";
import type { Preparation } from "../../preparation";
import type { HostContext } from "../../host-context";
import type { Layer } from "./layer";

/** A host and what is to listen on its VPN address. */
interface Late {
  host: HostContext;
  services: readonly Service[];
  preparation: Preparation;
  parent: Resource;
}

/**
 * After a reboot the engine may start before the VPN has its address, and would leave containers with ports on it stopped for
 * good. The kernel is told to let programs listen on an address that comes later.
 */
const SETTING = "net.ipv4.ip_nonlocal_bind = 1\n";

/** The layer below the containers that lets them listen on a VPN address before it is there. */
export const lateAddressLayer: Layer<Late> = ({ host, services, preparation, parent }) => {
  const listens = services.some(({ run }) => publishedBy(run).some(({ access }) => access === "vpn"));
  if (host.vpnAddress === undefined || !listens) return { ready: [] };
  const file = new RemoteFile(
    `${host.owner.host}/late-address`,
    {
      connection: host.connection,
      path: `/etc/sysctl.d/60-${host.owner.platform}-late-address.conf`,
      content: SETTING,
      mode: "0644",
      // It takes effect at once, too, and what the kernel refuses is no file of the next boot.
      validate: ["sysctl", "--quiet", "--load={}"],
    },
    { parent, hooks: host.beforeChange },
  );
  preparation.add(file, file.writtenAt);
  return { ready: [file] };
};
