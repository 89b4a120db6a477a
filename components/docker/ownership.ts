import type { types } from "@pulumi/docker";

/** Whose a Docker object is. */
export interface Owner {
  platform: string;
  stack: string;
  host: string;
}

/** Labels that mark a Docker object as ours. One without them is never taken over or removed. */
export const ownershipLabels = ({ platform, stack, host }: Owner): Record<string, string> => ({
  "dev.vpai.platform": platform,
  "dev.vpai.stack": stack,
  "dev.vpai.host": host,
});

/** Labels in the form of the Docker provider, in the order in which it reads them back. */
export const asLabels = (labels: Record<string, string>): types.input.ContainerLabel[] =>
  Object.keys(labels)
    .sort()
    .map((label) => ({ label, value: labels[label] ?? "" }));
