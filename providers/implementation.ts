import { isDeepStrictEqual } from "node:util";
import type { dynamic } from "@pulumi/pulumi";

/** Added by Pulumi to the properties of every dynamic resource; never a property of ours. */
const INTERNAL = new Set(["__provider"]);

/** What one dynamic provider knows of its kind of resource. Everything else is the same for all. */
export interface Kind<Inputs extends object, State extends object = Inputs> {
  /** Raised when unchanged inputs must be applied anew because the implementation changed. */
  version: number;
  /** Properties whose change makes another resource of it; the old one is deleted first. */
  identity: readonly (keyof Inputs & string)[];
  /** The resource's id. Default: the values of `identity`, joined. */
  id?(inputs: Inputs): string;
  /** What is wrong with the inputs, by property. Runs before anything is touched. */
  check?(inputs: Inputs): { property: keyof Inputs & string; reason: string }[];
  /** Makes it so, adopting what is already right, and returns what was then observed. */
  ensure(inputs: Inputs, before?: State): Promise<State>;
  /** What is there now, under the names of the inputs; undefined when it is gone. */
  observe(state: State): Promise<State | undefined>;
  /** Takes it away; succeeds when it is already gone. */
  remove(state: State): Promise<void>;
}

/** A kind of resource in the form that the provider process calls. */
export type Implementation = Required<Omit<dynamic.ResourceProvider, "configure">>;

/** observe → diff field by field → ensure → return what was observed, as Pulumi's provider protocol. */
export function implement<Inputs extends object, State extends object>(kind: Kind<Inputs, State>): Implementation {
  const stamped = (state: State): State & { version: number } => ({ ...state, version: kind.version });
  const idOf = (inputs: Inputs): string =>
    kind.id?.(inputs) ?? kind.identity.map((property) => String(inputs[property])).join(":");

  return {
    async check(_olds: Inputs, news: Inputs) {
      const failures = containsUnknown(news) ? [] : (kind.check?.(news) ?? []);
      return { inputs: news, failures };
    },

    async diff(_id, olds: Record<string, unknown>, news: Record<string, unknown>) {
      const changed = Object.keys(news).filter(
        (property) => !INTERNAL.has(property) && !isDeepStrictEqual(plain(olds[property]), plain(news[property])),
      );
      return {
        changes: changed.length > 0 || olds["version"] !== kind.version,
        replaces: changed.filter((property) => (kind.identity as readonly string[]).includes(property)),
        deleteBeforeReplace: true,
      };
    },

    async create(inputs: Inputs) {
      return { id: idOf(inputs), outs: stamped(await kind.ensure(inputs)) };
    },

    async read(id, state) {
      const observed = await kind.observe(state as State);
      return observed === undefined ? {} : { id, props: stamped(observed) };
    },

    async update(_id, olds: State, news: Inputs) {
      return { outs: stamped(await kind.ensure(news, olds)) };
    },

    async delete(_id, state: State) {
      await kind.remove(state);
    },
  };
}

/** Values as they travel: `undefined` members are not there. */
const plain = (value: unknown): unknown =>
  value === undefined ? undefined : (JSON.parse(JSON.stringify(value)) as unknown);

/** Pulumi's marker for a value that a preview does not know yet. */
const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

const containsUnknown = (inputs: object): boolean => JSON.stringify(inputs).includes(UNKNOWN);
