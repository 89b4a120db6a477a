import path from "node:path";
import type { Declared } from "../declared/declared";
import { type AuditFinding, type CheckName, findingsOf } from "../finding";
import type { Seen, SeenFile } from "../look/seen";

/** Where units of the platform are, and where else systemd looks for those that no package has put there. */
const UNITS = "/etc/systemd/system/";
const OTHER_UNITS = ["/usr/local/lib/systemd/system/", "/etc/systemd/user/"];

/** What a boot runs besides. */
const AT_BOOT = "/etc/rc.local";

const isUnit = (file: string): boolean => [UNITS, ...OTHER_UNITS].some((folder) => file.startsWith(folder));

function checkOf(file: string): CheckName {
  if (isUnit(file) || file === AT_BOOT) return "unit";
  return file.startsWith("/etc/sudoers") ? "sudoers" : "cron";
}

/** The unit that a file is, or adds to: `x.service` of `x.service`, of `x.service.d/y.conf` and of `y.target.wants/x.service`. */
function unitOf(file: string): string {
  const folder = [UNITS, ...OTHER_UNITS].find((one) => file.startsWith(one)) ?? "";
  const [first = "", second = ""] = file.slice(folder.length).split("/");
  return /\.(wants|requires|upholds)$/.test(first) ? second : first.replace(/\.d$/, "");
}

const isDropIn = (file: string): boolean => [file, path.dirname(file)].some((one) => one.endsWith(".d"));

function isDeclared({ path: file, origin }: SeenFile, declared: Declared): boolean {
  if (declared.placed.has(file)) return true;
  if (origin === "linked") return false;
  if (declared.files.some((one) => one.path === file)) return true;
  return file.startsWith(UNITS) && !isDropIn(file) && declared.units.has(unitOf(file));
}

const WHAT = {
  changed: "a package's file that was changed",
  foreign: "a file that nobody declared",
  linked: "a link to what nobody declared",
};

/** What has the host do something by itself, or says who is root, and neither the platform nor a package has put there. */
export function selfStartingFindings(
  declared: Declared,
  { files, enabled }: Pick<Seen, "files" | "enabled">,
): AuditFinding[] {
  return files.flatMap((one) => {
    const { path: file, origin } = one;
    if (origin === "package" || isDeclared(one, declared)) return [];
    const check = checkOf(file);
    const state = isUnit(file) ? enabled.get(unitOf(file)) : undefined;
    return findingsOf(declared.host, check)(file.startsWith(UNITS) ? file.slice(UNITS.length) : file, {
      where: file,
      expected: "what the platform and packages have put there, and nothing else",
      found: state === undefined ? WHAT[origin] : `${WHAT[origin]}, ${state}`,
      mend: mendOf(one),
    });
  });
}

function mendOf({ path: file, origin }: SeenFile): string {
  if (origin === "changed") return "look at it, then put back what its package brings";
  return file.startsWith(UNITS) && !isDropIn(file)
    ? `systemctl disable --now ${unitOf(file)}; rm -f ${file}; systemctl daemon-reload`
    : `look at it, then rm ${file}`;
}
