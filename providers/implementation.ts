import { isDeepStrictEqual } from "node:util";
import type { dynamic } from "@pulumi/pulumi";
import { type Guarded, underGuard } from "./guard";

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
  /** Inputs that states of older programs lack; that alone is no difference. */
  added?: readonly (keyof Inputs & string)[];
  /** Inputs that `ensure` alone needs: what the state keeps is without them, and another value of theirs is no difference. */
  transient?: readonly (keyof Inputs & string)[];
  /**
   * False where the login itself is what the resource is about. Elsewhere another `connection` alone is noted in the state,
   * and `ensure` does not run: the host is the same one, reached in another way.
   */
  rehomes?: false;
  /** What is wrong with the inputs, by property. Runs before anything is touched. */
  check?(inputs: Inputs): { property: keyof Inputs & string; reason: string }[];
  /** Of a kind that may lock us out: how the host gets back by itself, unless a login after `ensure` succeeds. */
  guarded?: Guarded<Inputs, State>;
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
  const isTransient = (property: string): boolean =>
    (kind.transient as readonly string[] | undefined)?.includes(property) === true;
  const stamped = (state: State): object => ({
    ...Object.fromEntries(Object.entries(state).filter(([property]) => !isTransient(property))),
    version: kind.version,
  });
  const idOf = (inputs: Inputs): string =>
    kind.id?.(inputs) ?? kind.identity.map((property) => String(inputs[property])).join(":");

  const changedSince = (olds: object, news: object): string[] =>
    changedProperties(olds, news).filter(
      (property) =>
        !isTransient(property) &&
        (property in olds || !(kind.added as readonly string[] | undefined)?.includes(property)),
    );

  const isRehomed = (olds: { version?: number }, news: Inputs): news is Inputs & { connection: unknown } =>
    kind.rehomes !== false &&
    olds.version === kind.version &&
    isDeepStrictEqual(changedSince(olds, news), ["connection"]);

  const ensure = (inputs: Inputs, before?: State): Promise<State> =>
    kind.guarded === undefined
      ? kind.ensure(inputs, before)
      : underGuard(kind.guarded, { id: idOf(inputs), inputs, before }, () => kind.ensure(inputs, before));

  return {
    async check(_olds: Inputs, news: Inputs) {
      const failures = containsUnknown(news) ? [] : (kind.check?.(news) ?? []);
      return { inputs: news, failures };
    },

    async diff(_id, olds: Record<string, unknown>, news: Record<string, unknown>) {
      const changed = changedSince(olds, news);
      return {
        changes: changed.length > 0 || olds["version"] !== kind.version,
        replaces: changed.filter((property) => (kind.identity as readonly string[]).includes(property)),
        deleteBeforeReplace: true,
      };
    },

    async create(inputs: Inputs) {
      return { id: idOf(inputs), outs: stamped(await ensure(inputs)) };
    },

    async read(id, state) {
      const observed = await kind.observe(state as State);
      return observed === undefined ? {} : { id, props: stamped(observed) };
    },

    async update(_id, olds: State & { version?: number }, news: Inputs) {
      if (isRehomed(olds, news)) return { outs: { ...olds, connection: news.connection } };
      return { outs: stamped(await ensure(news, olds)) };
    },

    async delete(_id, state: State) {
      await kind.remove(state);
    },
  };
}

/** Names of the inputs that differ from the state; what only the state has is no difference. */
const changedProperties = (olds: object, news: object): string[] =>
  Object.entries(news).flatMap(([property, value]) =>
    INTERNAL.has(property) || isDeepStrictEqual(plain(olds[property as keyof typeof olds]), plain(value))
      ? []
      : [property],
  );

/** Values as they travel: `undefined` members are not there. */
const plain = (value: unknown): unknown =>
  value === undefined ? undefined : (JSON.parse(JSON.stringify(value)) as unknown);

/** Pulumi's marker for a value that a preview does not know yet. */
const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

const containsUnknown = (inputs: object): boolean => JSON.stringify(inputs).includes(UNKNOWN);
