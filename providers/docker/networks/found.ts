import { z } from "zod";
import { parseJson } from "../../../model/foreign-json";
import type { CommandRunner } from "../../ssh/transport";

/** What makes one bridge network another one. */
export interface NetworkSettings {
  /** Whether it has no way out. */
  internal: boolean;
  /** IPv4, e.g. `172.20.1.0/24`. */
  subnet: string;
  /** The host's own address in it. */
  gateway: string;
}

/** A bridge network of an engine. */
export interface FoundNetwork extends NetworkSettings {
  id: string;
  name: string;
}

const inspectedSchema = z.object({
  Id: z.string(),
  Name: z.string(),
  Internal: z.boolean(),
  IPAM: z.object({
    Config: z.array(z.object({ Subnet: z.string().exactOptional(), Gateway: z.string().exactOptional() })).nullable(),
  }),
});

const INSPECT = `ids=$(docker network ls --quiet --no-trunc --filter driver=bridge "$@")
[ -z "$ids" ] && echo '[]' || docker network inspect $ids`;

/** The bridge networks that carry all of these labels. */
export async function networksOf(
  runner: CommandRunner,
  labels: Readonly<Record<string, string>>,
): Promise<FoundNetwork[]> {
  const filters = Object.entries(labels).flatMap(([label, value]) => ["--filter", `label=${label}=${value}`]);
  const printed = await runner.output(["sh", "-euc", INSPECT, "vpai", ...filters]);
  const what = `the networks of the engine on ${runner.name}`;
  return parseJson(z.array(inspectedSchema), printed, what).map(({ Id, Name, Internal, IPAM }) => ({
    id: Id,
    name: Name,
    internal: Internal,
    subnet: IPAM.Config?.[0]?.Subnet ?? "",
    gateway: IPAM.Config?.[0]?.Gateway ?? "",
  }));
}
