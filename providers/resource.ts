import { CustomResource, type CustomResourceOptions, type Input, type Output } from "@pulumi/pulumi";
import { type Implementation, implement, type Kind } from "./implementation";

/** A value of which any part may be known only later. */
type Deep<T> = Input<T> | ([T] extends [object] ? DeepMembers<T> : never);
type DeepMembers<T> = { [Member in keyof T]: Deep<Exclude<T[Member], undefined>> };

type Args<Inputs, Defaults> = DeepMembers<Omit<Inputs, keyof Defaults>> &
  Partial<DeepMembers<Pick<Inputs, keyof Inputs & keyof Defaults>>>;

type Outputs<State> = { readonly [Name in keyof State]: Output<State[Name]> };

/** A class of resources; each is a {@link CustomResource} whose properties are the outputs. */
export type ResourceClass<Inputs, State, Defaults> = new (
  name: string,
  args: Args<Inputs, Defaults>,
  options?: CustomResourceOptions,
) => CustomResource & Outputs<State>;

interface Definition<Inputs, State, Defaults> {
  /** Area and type, `vpai/host:RemoteFile`; part of each resource's URN. */
  type: string;
  /** Key in {@link implementations}. States hold it, so it stays what it is. */
  name: string;
  /** Inputs that need not be given. */
  defaults?: Defaults;
  /** What the state has beyond the inputs, and whether it is kept encrypted. */
  outputs: Record<Exclude<keyof State, keyof Inputs>, "plain" | "secret">;
}

/** Of all kinds of resources, by name. States name them as `require("@vpai/providers").implementations[name]`. */
export const implementations: Record<string, Implementation> = {};

/** The class of a kind's resources, to be extended by one with a name and a doc comment. Registers the implementation. */
export function resourceOf<
  Inputs extends object,
  State extends object,
  const Defaults extends Partial<Inputs> = Record<never, never>,
>(
  kind: Kind<Inputs, State>,
  { type, name: key, defaults, outputs }: Definition<Inputs, State, Defaults>,
): ResourceClass<Inputs, State, Defaults> {
  if (key in implementations) throw new Error(`two kinds of resources are named ${key}`);
  implementations[key] = implement(kind);
  const names = Object.keys(outputs) as (keyof typeof outputs & string)[];
  const unknown = Object.fromEntries(names.map((name) => [name, undefined]));
  const secret = names.filter((name) => outputs[name] === "secret");

  class Defined extends CustomResource {
    constructor(name: string, args: Args<Inputs, Defaults>, options: CustomResourceOptions = {}) {
      const additionalSecretOutputs = [...(options.additionalSecretOutputs ?? []), ...secret];
      super(
        `pulumi-nodejs:dynamic/${type}`,
        name,
        {
          ...unknown,
          ...defaults,
          ...args,
          ...(kind.holdsData === undefined ? {} : { resource: name }),
          __provider: sourceOf(key),
        },
        secret.length === 0 ? options : { ...options, additionalSecretOutputs },
      );
    }
  }
  return Defined as unknown as ResourceClass<Inputs, State, Defaults>;
}

/**
 * A dynamic provider as the provider process loads it from a resource's properties. `dynamic.Resource` would make such a
 * text by serialising an object, which takes 50 ms a kind; this one only names what is on disk.
 */
const sourceOf = (name: string): string =>
  `exports.handler = () => require("@vpai/providers").implementations[${JSON.stringify(name)}];`;
