import { type CheckedValue, withOwn } from "../../../model/hardening/checked";
import { ENGINE_SETTINGS } from "../../../model/hardening/engine";
import { ROOT_BY_KEY, SSHD } from "../../../model/hardening/sshd";
import { isOwnOfNamespace, SYSCTL } from "../../../model/hardening/sysctl";
import type { Declared } from "../declared/declared";
import { type AuditFinding, findingsOf } from "../finding";
import type { Seen } from "../look/seen";

const acceptable = ({ value, accepts = [] }: CheckedValue): readonly string[] => [value, ...accepts];

/** A list of algorithms is as strict as the checklist's where it has none beside. */
function isAsStrict(found: string, wanted: CheckedValue): boolean {
  if (acceptable(wanted).some((value) => value.toLowerCase() === found.toLowerCase())) return true;
  const names = wanted.value.split(",");
  return names.length > 1 && found !== "" && found.split(",").every((name) => names.includes(name));
}

/** What sshd says that it does, against the checklist. */
export function sshdFindings(declared: Declared, { sshd }: Pick<Seen, "sshd">): AuditFinding[] {
  const finding = findingsOf(declared.host, "sshd");
  if (sshd.size === 0)
    return [
      finding("sshd", {
        expected: "an sshd that tells its settings",
        found: "none",
        mend: "sshd -T on the host says why",
      }),
    ];
  const byKey: CheckedValue = { value: "no", source: "checklist", accepts: [ROOT_BY_KEY, "prohibit-password"] };
  const options = Object.entries<CheckedValue>(SSHD).flatMap(([option, checked]) => {
    const usual = option === "PermitRootLogin" && declared.connection.user === "root" ? byKey : checked;
    const wanted = withOwn(usual, declared.sshd?.options[option]);
    const found = sshd.get(option.toLowerCase()) ?? "";
    if (isAsStrict(found, wanted)) return [];
    return [
      finding(option, {
        where: `sshd: ${option}`,
        expected: acceptable(wanted).join(" or "),
        found: found || "nothing",
        mend: "make refresh, then make up; or correct it in /etc/ssh/sshd_config.d and reload sshd",
      }),
    ];
  });
  return [...options, ...allowedFindings(declared, sshd.get("allowusers") ?? "")];
}

/** Whom sshd lets in at all. @param found names, a line each */
function allowedFindings({ host, sshd }: Declared, found: string): AuditFinding[] {
  if (sshd === undefined) return [];
  const names = found.split(/\s+/).filter((name) => name !== "");
  if (names.length > 0 && [...names].sort().join() === [...sshd.users].sort().join()) return [];
  return [
    findingsOf(host, "sshd")("AllowUsers", {
      where: "sshd: AllowUsers",
      expected: sshd.users.join(", "),
      found: names.join(", ") || "everybody",
      mend: "make refresh, then make up",
    }),
  ];
}

/** `net.ipv4.conf.*.rp_filter` as a pattern of paths. */
const pathsOf = (key: string): RegExp => new RegExp(`^${key.replaceAll(".", "/").replaceAll("*", "[^/]+")}$`);

/** What the kernel says, against the checklist. What a container has no own of is there, and marked. */
export function sysctlFindings(declared: Declared, { sysctl }: Pick<Seen, "sysctl">): AuditFinding[] {
  const finding = findingsOf(declared.host, "sysctl");
  return Object.entries<CheckedValue>(SYSCTL).flatMap(([key, checked]) => {
    const wanted = withOwn(checked, declared.sysctl[key]);
    return [...sysctl]
      .filter(([path]) => pathsOf(key).test(path))
      .filter(([, found]) => !acceptable(wanted).includes(found))
      .map(([path, found]) =>
        finding(`${isShared(key, declared) ? "kernel/" : ""}${path.replaceAll("/", ".")}`, {
          where: `sysctl: ${path.replaceAll("/", ".")}`,
          expected: acceptable(wanted).join(" or "),
          found,
          mend: "make refresh, then make up; or sysctl --system on the host",
        }),
      );
  });
}

const isShared = (key: string, { ownsKernel }: Declared): boolean => !ownsKernel && !isOwnOfNamespace(key);

/** Keys of the checklist, as the look is asked for them. */
export const SYSCTL_KEYS: readonly string[] = Object.keys(SYSCTL);

/** What Docker's engine does and is told, against the checklist. */
export function engineFindings(
  declared: Declared,
  { engine, listeners, containers }: Pick<Seen, "engine" | "listeners" | "containers">,
): AuditFinding[] {
  const finding = findingsOf(declared.host, "engine");
  if (engine === undefined)
    return [
      finding("docker", {
        expected: "an engine that answers",
        found: "none",
        mend: "journalctl -u docker on the host",
      }),
    ];
  const mend = "make refresh, then make up; or correct /etc/docker/daemon.json and reload or restart docker";
  const { settings } = engine;
  const told =
    settings === undefined
      ? [finding("daemon.json", { expected: "JSON", found: "no JSON", mend })]
      : Object.entries(ENGINE_SETTINGS)
          .filter(([key, value]) => JSON.stringify(settings[key]) !== JSON.stringify(value))
          .map(([key, value]) =>
            finding(key, {
              where: `daemon.json: ${key}`,
              expected: JSON.stringify(value),
              found: JSON.stringify(settings[key]) ?? "nothing",
              mend,
            }),
          );
  const does = [
    ...(engine.logDriver === ENGINE_SETTINGS["log-driver"]
      ? []
      : [finding("log driver in effect", { expected: ENGINE_SETTINGS["log-driver"], found: engine.logDriver, mend })]),
    ...(engine.liveRestore === ENGINE_SETTINGS["live-restore"]
      ? []
      : [finding("live-restore in effect", { expected: "on", found: "off", mend })]),
  ];
  const published = new Set(containers.flatMap(({ bindings }) => bindings.map(({ hostPort }) => hostPort)));
  const open = listeners
    .filter(({ program, port }) => program === "dockerd" && !published.has(port))
    .map(({ address, port }) =>
      finding(`tcp/${address}:${port}`, {
        expected: "an API on its socket alone: who reaches it is root",
        found: `the API on ${address} port ${port}`,
        mend: "take the host out of daemon.json and of docker.service, and restart docker",
      }),
    );
  return [...told, ...does, ...open];
}
