import type { Lab } from "./lab";

/** What a run says of a lab's workstation that it could not reach. */
export const DEFERRED = /Deferred, and left as it is, since it cannot be reached:\n {2}workstation: /;

/** URNs of what a lab's state has of the workstation, in alphabetical order: the engine writes them down as they end. */
export async function knownOfWorkstation(lab: Lab): Promise<string[]> {
  const { stdout } = await lab.pulumiSucceed(["stack", "export"]);
  const { deployment } = JSON.parse(stdout) as { deployment: { resources: { urn: string }[] } };
  return deployment.resources
    .map(({ urn }) => urn)
    .filter((urn) => urn.includes("::workstation"))
    .sort();
}
