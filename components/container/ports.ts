import type { types } from "@pulumi/docker";
import type { Input } from "@pulumi/pulumi";
import type { PublishedPort, Service } from "../../model/service";
import type { HostContext } from "../host-context";

/** A service's published ports, each on one address of the host. A VPN port of a host without VPN listens nowhere. */
export function publishedPorts({ publish = [] }: Service, host: HostContext): types.input.ContainerPort[] {
  return publish.flatMap((published) => {
    const ip = addressFor(published, host);
    if (ip === undefined) return [];
    return [{ internal: published.port, external: published.hostPort, protocol: published.protocol, ip }];
  });
}

const addressFor = ({ access }: PublishedPort, host: HostContext): Input<string> | undefined =>
  access === "public" ? host.publicAddress : host.vpnAddress;
