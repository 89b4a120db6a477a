import { writeFileSync } from "node:fs";
import path from "node:path";
import { projectRoot } from "../toolchain/environment";
import { generatedDocuments } from "../diagram/documents";

/** `make docs`: writes the documents that follow from the code. */
for (const [file, content] of Object.entries(generatedDocuments())) {
  writeFileSync(path.join(projectRoot, file), content);
  console.log(file);
}
