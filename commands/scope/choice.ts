import { closest } from "../../config/suggestion";
import { type Finding, problemsOf } from "../../model/finding";
import { allServices } from "../../platforms";

/** What `make …` is told by its variables; an empty one is not given. */
interface Given {
  HOST?: string | undefined;
  SERVICE?: string | undefined;
}

/** Names of the services of each host. */
type Names = Readonly<Record<string, readonly string[]>>;

/** What a run is limited to: a host, or a service on one. */
export interface Choice {
  host: string;
  /** Undefined: all of the host. */
  service: string | undefined;
}

/**
 * What HOST and SERVICE name. Undefined when neither is given.
 * @throws UserError with all that is wrong with them, the known names, and which was probably meant
 */
export function choiceOf({ HOST: host, SERVICE: service }: Given, names: Names): Choice | undefined {
  if (!host && !service) return undefined;
  const problems = [...(host ? unknownHost(host, names) : [])];
  if (service) return serviceOf(service, host, names, problems);
  if (problems.length > 0 || !host) throw problemsOf(TITLE, problems);
  return { host, service: undefined };
}

/** The host that has to be named. @throws UserError where it is not */
export function chosenHost<Host>(host: string | undefined, hosts: Readonly<Record<string, Host>>): Host {
  const found = Object.hasOwn(hosts, host ?? "") ? hosts[host ?? ""] : undefined;
  if (found === undefined) throw problemsOf(TITLE, [unknown("HOST", host ?? "", "a host", Object.keys(hosts))]);
  return found;
}

/** The service that has to be named. @throws UserError where it is not, too */
export function chosenService(given: Given, names: Names): { host: string; service: string } {
  const choice = given.SERVICE ? choiceOf(given, names) : undefined;
  if (choice?.service !== undefined) return { host: choice.host, service: choice.service };
  throw problemsOf(TITLE, [unknown("SERVICE", "", "a service", allOf(names))]);
}

/** The job that has to be named, which a host may narrow down. @throws UserError */
export function chosenJob(
  job: string | undefined,
  host: string | undefined,
  names: Names,
): { host: string; job: string } {
  const { host: found, name } = placeOf({ variable: "JOB", kind: "a job", name: job ?? "" }, host, names);
  return { host: found, job: name };
}

const TITLE = "What the command was given";

const serviceOf = (service: string, host: string | undefined, names: Names, problems: Finding[]): Choice => {
  const place = placeOf({ variable: "SERVICE", kind: "a service", name: service }, host, names, problems);
  return { host: place.host, service: place.name };
};

interface Wanted {
  /** Of `make`. */
  variable: string;
  /** What it names, for messages. */
  kind: string;
  name: string;
}

function placeOf(wanted: Wanted, host: string | undefined, names: Names, before: readonly Finding[] = []) {
  const { variable, kind, name } = wanted;
  const places = Object.keys(names).filter((one) => names[one]?.includes(name));
  const isKnownHost = host !== undefined && Object.hasOwn(names, host);
  const hostProblems = before.length > 0 || !host || isKnownHost ? before : unknownHost(host, names);
  const here = isKnownHost ? places.filter((one) => one === host) : places;
  const problems: Finding[] =
    places.length === 0
      ? [unknown(variable, name, kind, allOf(names))]
      : here.length === 0
        ? [elsewhere(wanted, host ?? "", places)]
        : here.length > 1
          ? [ambiguous(wanted, here)]
          : [];
  const [found] = here;
  if (found === undefined || problems.length + hostProblems.length > 0)
    throw problemsOf(TITLE, [...hostProblems, ...problems]);
  return { host: found, name };
}

const allOf = (names: Names): string[] => [...new Set(Object.values(names).flat())].sort();

const unknownHost = (host: string, names: Names): Finding[] =>
  Object.hasOwn(names, host) ? [] : [unknown("HOST", host, "a host", Object.keys(names))];

const unknown = (variable: string, found: string, kind: string, known: readonly string[]): Finding => ({
  where: variable,
  expected: known.length === 0 ? `${kind} of the stack, which has none` : `${kind} of the stack: ${known.join(", ")}`,
  found: found === "" ? "nothing" : `"${found}"`,
  mend: found === "" ? `say ${variable}=…` : (offHere(variable, found) ?? closest(found, known)),
});

/** What to do about a service that the platform has and the stack does not run; undefined for every other name. */
function offHere(variable: string, name: string): string | undefined {
  const service = variable === "SERVICE" ? allServices.find((one) => one.name === name) : undefined;
  return (
    service &&
    `it is off: choose its group, ${service.group} (vpai:services, SERVICES=), on a stack with its host, then make up`
  );
}

const elsewhere = ({ variable, kind, name }: Wanted, host: string, places: readonly string[]): Finding => ({
  where: variable,
  expected: `${kind} of ${host}`,
  found: `"${name}", which is on ${places.join(" and ")}`,
  mend: `say HOST=${places[0] ?? ""}, or no HOST`,
});

const ambiguous = ({ variable, kind, name }: Wanted, places: readonly string[]): Finding => ({
  where: variable,
  expected: `${kind} of one host`,
  found: `"${name}", which is on ${places.join(" and ")}`,
  mend: `add ${places.map((one) => `HOST=${one}`).join(" or ")}`,
});
