import { catalogue } from "./images/catalogue";

/**
 * What runs under a production reference: in the lab perhaps a near version, or a stand-in with the same contract.
 * @param reference undefined for a program that the lab has from where production has it
 */
export function programOf(stack: string, reference: string | undefined): string {
  if (stack !== "lab" || reference === undefined) return "real";
  const image = catalogue.find((candidate) => candidate.reference === reference);
  return image === undefined ? "unknown" : `${image.program}, ${image.version}`;
}
