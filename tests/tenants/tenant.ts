import type { ContainerService } from "../../model/service";
import { n8n } from "../../programs/n8n";

/** A tenant's n8n: its own site, network, database and secrets. @param name of the tenant, also of its network */
export const tenant = (name: string): ContainerService =>
  n8n({
    name,
    group: "tenants",
    networks: [name],
    site: { subdomain: name, access: "public" },
    limits: { memoryMiB: 512, cpus: 1 },
  });
