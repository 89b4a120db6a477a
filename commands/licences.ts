import { projectRoot } from "../toolchain/environment";
import { licenceFindings } from "../toolchain/licences/check";

/** Part of `make lint`: no manifest names what is under terms that the project does not take. */
const findings = licenceFindings(projectRoot);
for (const finding of findings) console.error(finding);
process.exitCode = findings.length === 0 ? 0 : 1;
