import type { Declared } from "../declared/declared";
import { type AuditFinding, findingsOf } from "../finding";
import type { Seen } from "../look/seen";

/** Modes of a file that its owner alone reads. */
const SECRET_MODES = ["400", "600"];

/** Folders below the platform's in which every file is a secret. */
const SECRETS = ["secrets", "made-secrets"];

/** Rights of the platform's files; secrets that others can read, or that nobody declared. */
export function rightsFindings(declared: Declared, { rights }: Pick<Seen, "rights">): AuditFinding[] {
  const finding = findingsOf(declared.host, "file");
  const isSecret = (path: string): boolean => SECRETS.some((name) => path.startsWith(`${declared.folder}/${name}/`));
  const there = rights.flatMap(({ path, mode, owner }) => {
    const wanted = declared.files.find((one) => one.path === path);
    const right = wanted?.mode.replace(/^0+/, "");
    if (isSecret(path) && !SECRET_MODES.includes(mode))
      return [
        finding(path, {
          expected: "a secret of mode 0400 or 0600",
          found: `mode 0${mode}`,
          mend: `chmod 0400 ${path}`,
        }),
      ];
    if (wanted === undefined)
      return [
        finding(path, {
          expected: "no secret that the platform does not have",
          found: `a file of ${owner}`,
          mend: `rm ${path}, once it is clear whose it is`,
        }),
      ];
    const wrong = [
      ...(right === mode ? [] : [`mode 0${mode}`]),
      ...(wanted.owner === undefined || wanted.owner === owner ? [] : [`owner ${owner}`]),
    ];
    if (wrong.length === 0) return [];
    return [
      finding(path, {
        expected: `mode ${wanted.mode}${wanted.owner === undefined ? "" : `, owner ${wanted.owner}`}`,
        found: wrong.join(", "),
        mend: "make refresh, then make up",
      }),
    ];
  });
  const known = new Set(rights.map(({ path }) => path));
  const missing = declared.files
    .filter(({ path }) => !known.has(path))
    .map(({ path }) => finding(path, { expected: "a file", found: "none", mend: "make refresh, then make up" }));
  return [...there, ...missing];
}
