import type { types } from "@pulumi/docker";
import type { Input } from "@pulumi/pulumi";
import type { PublishedPort } from "../../model/site";
import type { HostContext } from "../host-context";

type Addressed = Pick<HostContext, "machine" | "vpnAddress">;

/** Published ports, each on one address of the host. A VPN port of a host without VPN listens nowhere. */
export function publishedPorts(publish: readonly PublishedPort[], host: Addressed): types.input.ContainerPort[] {
  return publish.flatMap((published) => {
    const ip = addressFor(published, host);
    if (ip === undefined) return [];
    return [{ internal: published.port, external: published.hostPort, protocol: published.protocol, ip }];
  });
}

/** Where the host's own programs alone reach a port. */
const LOOPBACK = "127.0.0.1";

const addressFor = ({ access }: PublishedPort, host: Addressed): Input<string> | undefined =>
  ({ public: host.machine.bindAddress, vpn: host.vpnAddress, host: LOOPBACK })[access];
