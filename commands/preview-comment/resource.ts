import { nameOf, typeOf } from "../engine/urn";
import type { PreviewStep, ResourceState } from "./preview";

/** Which resource a step is about, in the platform's words. */
export interface Resource {
  urn: string;
  type: string;
  /** Last part of the type token, e.g. `Container`: one word, so that it needs no quoting. */
  kind: string;
  /** Name in the program, e.g. `sese-ai/n8n/config`. */
  name: string;
  /** Name of the host, or undefined for what belongs to the stack as a whole. */
  host: string | undefined;
  /** Second part of the name, e.g. `n8n`; undefined for the host itself. */
  service: string | undefined;
  /** What follows host and service in the name, e.g. `config`. */
  part: string | undefined;
}

/** Type of the component that stands for a host; its name is the host's. */
const HOST_TYPE = "vpai:hosts:Host";

/** The resource that a step is about, and where it belongs. */
export function resourceOf(step: PreviewStep): Resource {
  const state = step.newState ?? step.oldState;
  const name = nameOf(step.urn);
  const type = state?.type ?? typeOf(step.urn);
  const login = hostOfLogin(state);
  const [first, service, ...part] = login === undefined ? name.split("/") : [login, ...within(login, name)];
  const named = login !== undefined || name.includes("/");
  return {
    urn: step.urn,
    type,
    kind: /\w+$/.exec(type)?.[0] ?? "Resource",
    name,
    host: named ? first : hostOfParent(state?.parent),
    service: named ? service : name,
    part: part.length === 0 ? undefined : part.join("/"),
  };
}

/** Where a resource is, whatever it is called: the host that is logged in to for it, or whose Docker engine has it. */
function hostOfLogin(state: ResourceState | null | undefined): string | undefined {
  const login = (state?.propertyDependencies?.["connection"] ?? []).map(nameOf);
  const engine = nameOf(state?.provider ?? "").split("::")[0] ?? "";
  return [...login, engine].flatMap((name) => /^([^/]+)\/(?:docker|engine)$/.exec(name)?.[1] ?? [])[0];
}

/** The parts of a name, without the host that it is on. */
const within = (host: string, name: string): string[] =>
  (name.startsWith(`${host}/`) ? name.slice(host.length + 1) : name).split("/");

function hostOfParent(parent: string | undefined): string | undefined {
  if (parent === undefined) return undefined;
  const name = nameOf(parent);
  return typeOf(parent) === HOST_TYPE || name.includes("/") ? name.split("/")[0] : undefined;
}

/** Components group others, the stack and default providers hold settings: none of them is something on a host. */
export const isGrouping = (step: PreviewStep): boolean =>
  !(step.newState ?? step.oldState)?.custom || typeOf(step.urn).startsWith("pulumi:");
