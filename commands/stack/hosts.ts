import { z } from "zod";
import { expectForm } from "../../model/foreign-json";
import type { ContainerOutput, HostOutput, StackOutputs, UnitOutput } from "../../model/outputs";
import { prepareStack, pulumiOutput } from "./pulumi";
import { pulumiJson } from "../engine/pulumi-json";

/** A service as the stack's outputs describe it: in a container, or as a unit. Those of older programs say less of it. */
export type DeployedService = Partial<ContainerOutput & UnitOutput>;

/** What the outputs of older programs say of every host, too. */
type Always = "connection" | "publicAddress";

/** A host as the stack's outputs describe it. */
export interface DeployedHost extends Pick<HostOutput, Always>, Partial<Omit<HostOutput, Always | "services">> {
  services: Record<string, DeployedService>;
}

/** As they are printed, of what every program says; of a stack that has not been brought up there are none. */
const outputsSchema = z.looseObject({
  hosts: z
    .record(
      z.string(),
      z.looseObject({
        connection: z.looseObject({ host: z.string(), port: z.number(), user: z.string(), hostKey: z.string() }),
        publicAddress: z.string(),
        services: z.record(z.string(), z.looseObject({})),
      }),
    )
    .exactOptional(),
} satisfies Record<keyof StackOutputs, z.ZodType>);

/** The stack's hosts by name. @throws when the stack has not been brought up */
export async function deployedHosts(stack: string): Promise<Record<string, DeployedHost>> {
  await prepareStack(stack);
  const hosts = await outputsOf(stack);
  if (Object.keys(hosts).length === 0)
    throw new Error(
      `stack ${stack} has no hosts yet: run \`make up${stack === "lab" ? "" : ` STACK=${stack}`}\` first`,
    );
  return hosts;
}

/** The same of a stack that exists; without hosts, none. */
export const outputsOf = async (stack: string): Promise<Record<string, DeployedHost>> =>
  hostsIn(await pulumiOutput(stack, "stack", "output", "--json", "--stack", stack));

/** @param printed by `pulumi stack output --json`, also of an older program @throws where it is something else */
export function hostsIn(printed: string): Record<string, DeployedHost> {
  const found = pulumiJson(printed, "pulumi stack output --json");
  const { hosts = {} } = expectForm(outputsSchema, found, "the output of `pulumi stack output --json`");
  return hosts;
}
