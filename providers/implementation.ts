import { isDeepStrictEqual } from "node:util";
import type { dynamic } from "@pulumi/pulumi";
import { containsUnknown, differences, withoutTransient } from "./differences";
import { type Known, type MakeAnew, noteGone, onlyWhenTold, present, warnOfGone } from "./gone";
import { type Guarded, underGuard } from "./guard";
import { noteLogin, withNewestLogin } from "./login/newest";
import { throughOutages } from "./through-outages";
import { Unreadable } from "./unreadable";
import { warn } from "./warn";

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
  /** Inputs that may be left out where that means something: what the state then has of them is a difference. */
  optional?: readonly (keyof Inputs & string)[];
  /**
   * False where the login itself is what the resource is about. Elsewhere another `connection` alone is noted in the state,
   * and `ensure` does not run: the host is the same one, reached in another way.
   */
  rehomes?: false;
  /** What is wrong with the inputs, by property. Runs before anything is touched. */
  check?(inputs: Inputs): { property: keyof Inputs & string; reason: string }[];
  /** Of a kind that may lock us out: how the host gets back by itself, unless a login after `ensure` succeeds. */
  guarded?: Guarded<Inputs, State>;
  /** What it is and where, in words: `database n8n in vpai_postgresql on 192.0.2.1`. Default: the id. */
  title?(inputs: Inputs): string;
  /** Whether it holds what its inputs cannot bring back. Gone, it is then made anew only when told so. Default: no. */
  holdsData?(inputs: Inputs): boolean;
  /** What a change means that its properties do not say, for whoever looks at a preview. It may ask the host, and does without. */
  announce?(before: State, inputs: Inputs): Promise<string | undefined>;
  /**
   * Makes it so, adopting what is already right, and returns what was then observed.
   * @param makeAnew of a kind that holds data: to be called before that is made, not when it is adopted
   */
  ensure(inputs: Inputs, before?: State, makeAnew?: MakeAnew): Promise<State>;
  /**
   * What is there now, under the names of the inputs; undefined when it is gone.
   * @throws Unreadable when the program that knows cannot be asked: the state then stays as it is
   */
  observe(state: State): Promise<State | undefined>;
  /** Takes it away; succeeds when it is already gone. */
  remove(state: State): Promise<void>;
}

/** What every state has of the implementation that made it; a resource that is imported has none. */
interface Versioned {
  version?: number;
}

/** A kind of resource in the form that the provider process calls. */
export type Implementation = Required<Omit<dynamic.ResourceProvider, "configure">>;

/** observe → diff field by field → ensure → return what was observed, as Pulumi's provider protocol. */
export function implement<Inputs extends object, State extends object>(kind: Kind<Inputs, State>): Implementation {
  const stamped = (state: State): object => ({ ...withoutTransient(kind, state), version: kind.version });
  const idOf = (inputs: Inputs): string =>
    kind.id?.(inputs) ?? kind.identity.map((property) => String(inputs[property])).join(":");

  const isRehomed = (olds: Known & Versioned, news: Inputs): news is Inputs & { connection: unknown } =>
    kind.rehomes !== false &&
    olds.version === kind.version &&
    olds.goneSince === undefined &&
    isDeepStrictEqual(differences(kind, olds, news), ["connection"]);

  const titleOf = (inputs: Inputs): string => kind.title?.(inputs) ?? idOf(inputs);
  const holdsData = (inputs: Inputs): boolean => kind.holdsData?.(inputs) ?? false;

  const makeAnewOf = (inputs: Inputs & Known, before: (State & Known) | undefined): MakeAnew =>
    before === undefined || !holdsData(inputs)
      ? () => undefined
      : onlyWhenTold({ ...before, resource: inputs.resource }, titleOf(inputs));

  const ensure = (inputs: Inputs, before?: State): Promise<State> => {
    const work = (): Promise<State> => kind.ensure(inputs, before, makeAnewOf(inputs, before));
    return kind.guarded === undefined
      ? throughOutages(work)
      : underGuard(kind.guarded, { id: idOf(inputs), inputs, before }, work);
  };

  /** What is to be kept in the state after a change. */
  const settled = async (inputs: Inputs, before?: State & Known): Promise<object> => {
    const state = stamped(await ensure(inputs, before));
    return holdsData(inputs) ? { ...state, knownSince: before?.knownSince ?? new Date().toISOString() } : state;
  };

  return {
    async check(_olds: Inputs, news: Inputs) {
      if (containsUnknown(news)) return { inputs: news, failures: [] };
      noteLogin(news);
      return { inputs: news, failures: kind.check?.(news) ?? [] };
    },

    async diff(_id, olds: Record<string, unknown>, news: Record<string, unknown>) {
      const changed = differences(kind, olds, news);
      const { goneSince } = olds as Known;
      if (goneSince !== undefined) warnOfGone({ ...olds, ...(news as Known) }, titleOf(news as Inputs));
      const announced = changed.length === 0 ? undefined : await kind.announce?.(olds as State, news as Inputs);
      if (announced !== undefined) warn(announced);
      return {
        changes: changed.length > 0 || olds["version"] !== kind.version || goneSince !== undefined,
        replaces: changed.filter((property) => (kind.identity as readonly string[]).includes(property)),
        deleteBeforeReplace: true,
      };
    },

    async create(inputs: Inputs) {
      return { id: idOf(inputs), outs: await settled(inputs) };
    },

    async read(id, state: State & Inputs & Known & Versioned) {
      try {
        const observed = await throughOutages(() => kind.observe(state));
        // Looking at what an older implementation has made applies nothing anew.
        if (observed !== undefined)
          return { id, props: { ...withoutTransient(kind, present(observed)), version: state.version } };
        return holdsData(state) ? { id, props: noteGone(state, titleOf(state)) } : {};
      } catch (error) {
        if (!(error instanceof Unreadable)) throw error;
        warn(`${titleOf(state)} cannot be read now, and what the state says of it stays: ${error.message}`);
        return { id, props: state };
      }
    },

    async update(_id, olds: State & Known & Versioned, news: Inputs) {
      if (isRehomed(olds, news)) return { outs: { ...olds, connection: news.connection } };
      return { outs: await settled(news, olds) };
    },

    async delete(_id, state: State) {
      const renewed = withNewestLogin(state);
      if (renewed === undefined) return throughOutages(() => kind.remove(state));
      await throughOutages(() => kind.remove(renewed)).catch(async (error: unknown) => {
        // The new login may not be in force yet.
        await throughOutages(() => kind.remove(state)).catch(() => {
          throw error;
        });
      });
    },
  };
}
