import { all, type Output, type Resource } from "@pulumi/pulumi";
import { type HostNeeds, HostReadiness } from "@vpai/providers";
import type { Preparation } from "../../preparation";
import type { RunningService } from "../../running-service";
import type { HostContext } from "../../host-context";
import type { Layer } from "./layer";

/** A host with all that its containers are to be. */
interface Prepared {
  host: HostContext;
  needs: Output<HostNeeds>;
  services: readonly RunningService[];
  preparation: Preparation;
  parent: Resource;
}

/** The layer below the containers: the host has what they need, looked at whenever one of them is to change. */
export const readinessLayer: Layer<Prepared> = ({ host, needs, services, preparation, parent }) => {
  const prepared: Promise<Resource[]> = preparation.done.then(() => []);
  const readiness = new HostReadiness(
    `${host.owner.host}/readiness`,
    {
      connection: host.connection,
      folder: host.folder,
      memoryMiB: needs.memoryMiB,
      ports: needs.ports,
      labels: needs.labels,
      replaced: needs.replaced,
      containers: all(services.map(({ digest }) => digest)).apply((digests) => digests.join(" ")),
    },
    { parent, dependsOn: prepared },
  );
  preparation.addHost(readiness, readiness.lookedAt);
  return { ready: [readiness] };
};
