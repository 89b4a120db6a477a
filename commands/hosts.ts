import type { Connection } from "@vpai/providers";
import { prepareStack, pulumiOutput } from "./pulumi";
import { pulumiJson } from "./pulumi-json";

/** A host as the stack's outputs describe it. */
export interface DeployedHost {
  connection: Connection;
  publicAddress: string;
  services: Record<string, DeployedService>;
}

/** A service of a host: in a container, or as a systemd unit. */
export type DeployedService = { urls: string[] } & (
  { container: string; image: string } | { unit: string; program: string }
);

/** The stack's hosts by name. @throws when the stack has not been brought up */
export async function deployedHosts(stack: string): Promise<Record<string, DeployedHost>> {
  await prepareStack(stack);
  const printed = await pulumiOutput(stack, "stack", "output", "--json", "--stack", stack);
  const outputs = pulumiJson(printed, "pulumi stack output --json") as { hosts?: Record<string, DeployedHost> };
  if (outputs.hosts === undefined)
    throw new Error(
      `stack ${stack} has no hosts yet: run \`make up${stack === "lab" ? "" : ` STACK=${stack}`}\` first`,
    );
  return outputs.hosts;
}
