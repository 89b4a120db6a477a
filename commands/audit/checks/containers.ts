import type { Declared } from "../declared/declared";
import { type AuditFinding, findingsOf } from "../finding";
import type { Seen, SeenContainer } from "../look/seen";

/** Labels by which a container is known as this stack's. */
const isOurs = ({ labels }: SeenContainer, { stack, host, owners }: Declared): boolean =>
  labels["dev.vpai.stack"] === stack &&
  labels["dev.vpai.host"] === host &&
  owners.has(labels["dev.vpai.service"] ?? "");

/** Made by a service that is there to make them. */
const isGuest = ({ labels }: SeenContainer, { hosting }: Declared): boolean =>
  hosting.includes(labels["dev.vpai.sandbox"] ?? "");

/** Whether nobody keeps it but who has made it: a run of a job, a sandbox. */
export const isPassing = (container: SeenContainer, declared: Declared): boolean =>
  declared.containers.every(({ name }) => name !== container.name) &&
  (isOurs(container, declared) || isGuest(container, declared));

/** Containers that nobody declared, that are missing, or that are of other content. */
export function containerFindings(declared: Declared, { containers }: Pick<Seen, "containers">): AuditFinding[] {
  const finding = findingsOf(declared.host, "container");
  const undeclared = containers
    .filter(({ name }) => declared.containers.every((one) => one.name !== name))
    .filter((container) => !isPassing(container, declared))
    .map(({ name, reference, state }) =>
      finding(name, {
        expected: "no container that the platform does not have",
        found: `${state}, of ${reference}`,
        mend: `docker rm --force ${name}, or declare it as a service`,
      }),
    );
  const others = declared.containers.flatMap((wanted) => {
    const found = containers.find(({ name }) => name === wanted.name);
    if (found === undefined)
      return [finding(wanted.name, { expected: "a container", found: "none", mend: "make refresh, then make up" })];
    if (found.image !== wanted.image)
      return [
        finding(wanted.name, {
          expected: `the content ${short(wanted.image)}`,
          found: `${short(found.image)}, of ${found.reference}`,
          mend: "make refresh, then make up",
        }),
      ];
    if (found.state === "running" || wanted.isOnDemand) return [];
    return [finding(wanted.name, { expected: "running", found: found.state, mend: "make up" })];
  });
  return [...undeclared, ...others];
}

const short = (id: string): string => id.replace("sha256:", "").slice(0, 12);
