import type { Declared } from "../declared/declared";
import { type AuditFinding, findingsOf } from "../finding";
import type { Seen } from "../look/seen";

/** Networks that every engine has. */
const OWN = new Set(["bridge", "host", "none"]);

/** Networks that nobody declared, and that have a way out where they must not. */
export function networkFindings(declared: Declared, { networks }: Pick<Seen, "networks">): AuditFinding[] {
  const finding = findingsOf(declared.host, "network");
  return networks
    .filter(({ name }) => !OWN.has(name))
    .flatMap(({ name, internal }) => {
      const wanted = declared.networks.find((one) => one.name === name);
      if (wanted === undefined)
        return [
          finding(name, {
            expected: "no network that the platform does not have",
            found: "a network",
            mend: `docker network rm ${name}, or declare it for the host`,
          }),
        ];
      if (wanted.internal === internal) return [];
      return [
        finding(name, {
          expected: wanted.internal ? "an internal network" : "a network with a way out",
          found: internal ? "an internal one" : "one with a way out",
          mend: "make refresh, then make up",
        }),
      ];
    });
}

/** Volumes that nobody declared and no declared container has. */
export function volumeFindings(
  declared: Declared,
  { volumes, containers }: Pick<Seen, "volumes" | "containers">,
): AuditFinding[] {
  const finding = findingsOf(declared.host, "volume");
  const kept = containers.filter(({ name }) => declared.containers.some((one) => one.name === name));
  const used = new Set(kept.flatMap(({ mounts }) => mounts.flatMap(({ name }) => (name === undefined ? [] : [name]))));
  return volumes
    .filter((name) => !declared.volumes.includes(name) && !used.has(name))
    .map((name) =>
      finding(name, {
        expected: "no volume that the platform does not have",
        found: "a volume that no container of the platform uses",
        mend: `look at what is in it, then docker volume rm ${name}`,
      }),
    );
}
