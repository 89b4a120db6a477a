import { catalogue } from "./images/catalogue";

/** What runs under a production reference: in the lab perhaps a near version, or a stand-in with the same contract. */
export function programOf(stack: string, reference: string): string {
  if (stack !== "lab") return "real";
  const image = catalogue.find((candidate) => candidate.reference === reference);
  return image === undefined ? "unknown" : `${image.program}, ${image.version}`;
}
