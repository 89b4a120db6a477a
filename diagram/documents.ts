import { namesOf } from "../platforms";
import vpai from "../platforms/vpai/platform";
import { configReference } from "../config/reference";
import { PEAKS } from "./memory-peaks";
import { memoryTable } from "./memory-table";
import { mermaidOf } from "./mermaid";
import { pictureOf } from "./picture";
import { serviceTable } from "./service-table";
import { svgOf } from "./svg";

/** The documents that follow from the code, by path. */
export function generatedDocuments(): Record<string, string> {
  const picture = pictureOf(vpai);
  return {
    "docs/platform.svg": svgOf(picture),
    "docs/platform.mmd": mermaidOf(picture),
    "docs/services.md": serviceTable(vpai),
    "docs/memory.md": memoryTable(vpai, "sese-ai", PEAKS),
    "docs/config.md": configReference(namesOf(vpai)),
  };
}
