import path from "node:path";
import type { Declared } from "../declared";
import { type AuditFinding, type CheckName, findingsOf } from "../finding";
import type { Seen, SeenFile } from "../seen";

const UNITS = "/etc/systemd/system/";
const SUDOERS = "/etc/sudoers.d/";

function checkOf(file: string): CheckName {
  if (file.startsWith(UNITS)) return "unit";
  return file.startsWith(SUDOERS) ? "sudoers" : "cron";
}

/** The unit that a file is, or adds to: `x.service` of `x.service` and of `x.service.d/y.conf`. */
const unitOf = (file: string): string => (file.slice(UNITS.length).split("/")[0] ?? "").replace(/\.d$/, "");

const isDropIn = (file: string): boolean => path.dirname(file).endsWith(".d");

function isDeclared({ path: file, origin }: SeenFile, declared: Declared): boolean {
  if (origin === "package" || declared.placed.has(file)) return true;
  if (declared.files.some((one) => one.path === file)) return true;
  return file.startsWith(UNITS) && !isDropIn(file) && declared.units.has(unitOf(file));
}

/** What has the host do something by itself, or says who is root, and neither the platform nor a package has put there. */
export function selfStartingFindings(
  declared: Declared,
  { files, enabled }: Pick<Seen, "files" | "enabled">,
): AuditFinding[] {
  return files
    .filter((file) => !isDeclared(file, declared))
    .map(({ path: file, origin }) => {
      const check = checkOf(file);
      const state = check === "unit" ? enabled.get(unitOf(file)) : undefined;
      const what = origin === "changed" ? "a package's file that was changed" : "a file that nobody declared";
      return findingsOf(declared.host, check)(check === "unit" ? file.slice(UNITS.length) : file, {
        where: file,
        expected: "what the platform and packages have put there, and nothing else",
        found: state === undefined ? what : `${what}, ${state}`,
        mend:
          check === "unit" && !isDropIn(file)
            ? `systemctl disable --now ${unitOf(file)}; rm ${file}; systemctl daemon-reload`
            : `look at it, then rm ${file}`,
      });
    });
}
