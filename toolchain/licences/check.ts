import { manifestsBelow, type Named, namesIn } from "./manifests";
import { EXCLUDED, type Excluded, refusesLicence, TOLERATED } from "./terms";

/**
 * What the manifests below a folder name under terms that the project does not take; each once per manifest, as a
 * sentence that says what was found, where, and what to do.
 */
export function licenceFindings(root: string): string[] {
  return manifestsBelow(root).flatMap((file) => [
    ...new Set(namesIn(root, file).flatMap((found) => findingsOf(found).map((problem) => `${file}: ${problem}`))),
  ]);
}

/** Problems of one name. */
function findingsOf(found: Named): string[] {
  const shown = `${found.name}${found.version === undefined ? "" : ` ${found.version}`}`;
  const excluded = EXCLUDED.find((candidate) => isExcluded(candidate, found));
  const advice = "take another one, or run the program from its vendor's image";
  if (excluded !== undefined)
    return [`expected packages under free licences, found ${shown}, under ${excluded.terms}: ${advice}`];
  if (found.licence === undefined || !refusesLicence(found.licence) || isTolerated(found.name)) return [];
  return [
    `expected packages under free licences, found ${shown}, whose licence is "${found.licence}": ${advice}; ` +
      `where its own file says that it is free, name it in toolchain/licences/terms.ts`,
  ];
}

/** Whether an exclusion is of that module or package, and of that version. */
function isExcluded({ registry, name, below, from }: Excluded, found: Named): boolean {
  if (registry !== found.registry) return false;
  const isIt = found.name === name || isMajorOf(name, found.name);
  if (!isIt && !(below === true && found.name.startsWith(`${name}/`))) return false;
  return from === undefined || found.version === undefined || isAtLeast(found.version, from);
}

/** Go writes a major version behind a module's path. */
const isMajorOf = (module: string, found: string): boolean =>
  found.startsWith(`${module}/`) && /^v\d+$/.test(found.slice(module.length + 1));

function isAtLeast(version: string, from: string): boolean {
  const [found, first] = [version, from].map((text) => text.split(/[.-]/).map(Number));
  const different = first?.findIndex((part, index) => found?.[index] !== part) ?? -1;
  return different === -1 || (found?.[different] ?? 0) > (first?.[different] ?? 0);
}

const isTolerated = (found: string): boolean =>
  TOLERATED.some(({ name }) => (name.endsWith("*") ? found.startsWith(name.slice(0, -1)) : found === name));
