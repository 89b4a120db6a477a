import { createHash } from "node:crypto";
import { z } from "zod";
import type { Kind } from "../implementation";
import { resourceOf } from "../resource";
import type { Connection } from "../ssh/connection";
import type { HttpServer } from "../docker/http";
import { JsonApi } from "../docker/json-api";
import { transportTo } from "../ssh/transport";

/** A LiteLLM proxy that runs in a container of a host, seen as its administrator. */
interface LiteLlm extends HttpServer {
  masterKey: string;
}

/** A virtual key. */
export interface LiteLlmKeyInputs {
  connection: Connection;
  server: LiteLlm;
  /** Name that spend is told under; LiteLLM keeps it unique. */
  alias: string;
  /** The key itself; begins with `sk-`. */
  key: string;
  /** The key of before, which is taken too, with the same budget once more. Empty: none, and one that is still there goes. */
  before: string;
  /** US dollars that may be spent in one `budgetDuration`; 0: no budget of its own. */
  maxBudget: number;
  /** After what time its budget, and what it is told to have spent, start anew, e.g. `1d`. */
  budgetDuration: string;
  /** Names of models that it may use; none means all. */
  models: string[];
  /** Paths that it may ask for, with all below them. Default: what LiteLLM lets every key ask for. */
  routes?: string[];
}

/** What LiteLLM tells of a key, as far as we use it. */
const describedSchema = z.object({
  info: z.object({
    key_alias: z.string().nullish(),
    max_budget: z.number().nullish(),
    budget_duration: z.string().nullish(),
    models: z.array(z.string()),
    allowed_routes: z.array(z.string()).nullish(),
  }),
});

const listSchema = z.object({ keys: z.array(z.string()).exactOptional() });

export const liteLlmKeyKind: Kind<LiteLlmKeyInputs> = {
  version: 1,
  identity: ["alias"],
  added: ["before"],
  title: ({ alias, server, connection }) => `virtual key ${alias} in ${server.container} on ${connection.host}`,
  /** What it has spent; and whoever deleted it may have done so because somebody else knows it. */
  holdsData: () => true,
  check: ({ key, maxBudget }) => [
    ...(key.startsWith("sk-") && key.length > 3
      ? []
      : [{ property: "key" as const, reason: "expected a key that begins with sk-, found another text" }]),
    ...(maxBudget >= 0
      ? []
      : [{ property: "maxBudget" as const, reason: `expected 0 USD (none) or more, found ${maxBudget}` }]),
  ],
  async ensure(inputs, before, makeAnew) {
    const api = apiOf(inputs);
    const found = await keyOf(inputs);
    if (found === undefined) {
      // Another value is another key.
      if (before?.key === inputs.key) makeAnew?.();
      if (inputs.before !== "") await rename(api, inputs.before, outgoing(inputs.alias));
      await deleteAlias(api, inputs.alias);
      await api.call("POST", "/key/generate", { body: settingsOf(inputs) });
    } else if (!sameSettings(found, inputs)) {
      await api.call("POST", "/key/update", { body: settingsOf(inputs) });
    }
    if (inputs.before === "") await deleteAlias(api, outgoing(inputs.alias));
    return inputs;
  },
  async observe(state) {
    const found = await keyOf(state);
    return found === undefined ? undefined : { ...state, ...found };
  },
  async remove(state) {
    await deleteAlias(apiOf(state), outgoing(state.alias));
    await apiOf(state).call("POST", "/key/delete", { body: { keys: [hashOf(state.key)] }, missing: true });
  },
};

type Settings = Pick<LiteLlmKeyInputs, "alias" | "maxBudget" | "budgetDuration" | "models" | "routes">;

/** LiteLLM knows a key by this, too. Paths hold it in the key's place, since servers write paths to their logs. */
const hashOf = (key: string): string => createHash("sha256").update(key).digest("hex");

const apiOf = ({ connection, server }: LiteLlmKeyInputs): JsonApi =>
  new JsonApi(transportTo(connection), server, { authorization: `Bearer ${server.masterKey}` });

const settingsOf = ({ key, alias, maxBudget, budgetDuration, models, routes }: LiteLlmKeyInputs): object => ({
  key,
  key_alias: alias,
  max_budget: maxBudget === 0 ? null : maxBudget,
  budget_duration: budgetDuration,
  models,
  ...(routes === undefined ? {} : { allowed_routes: routes }),
});

/** Undefined when the proxy does not know the key. */
async function keyOf(inputs: LiteLlmKeyInputs): Promise<Settings | undefined> {
  const asked = { missing: true, answer: describedSchema };
  const answer = await apiOf(inputs).call("GET", `/key/info?key=${hashOf(inputs.key)}`, asked);
  if (answer === undefined) return undefined;
  const { key_alias, max_budget, budget_duration, models, allowed_routes } = answer.info;
  return {
    ...{ alias: key_alias ?? "", maxBudget: max_budget ?? 0, budgetDuration: budget_duration ?? "", models },
    ...(inputs.routes === undefined ? {} : { routes: allowed_routes ?? [] }),
  };
}

const sameSettings = (found: Settings, wanted: Settings): boolean =>
  found.alias === wanted.alias &&
  found.maxBudget === wanted.maxBudget &&
  found.budgetDuration === wanted.budgetDuration &&
  isSameSet(found.models, wanted.models) &&
  isSameSet(found.routes, wanted.routes);

const isSameSet = (one: readonly string[] = [], other: readonly string[] = []): boolean =>
  JSON.stringify([...one].sort()) === JSON.stringify([...other].sort());

/** The alias that a key gets whose place another one takes. */
const outgoing = (alias: string): string => `${alias} (of before)`;

/** One that is not there any more needs no other name. */
async function rename(api: JsonApi, key: string, alias: string): Promise<void> {
  await api.call("POST", "/key/update", { body: { key, key_alias: alias }, missing: true });
}

/** A key of another value gives its alias back; what it spent stays in the proxy's records. */
async function deleteAlias(api: JsonApi, alias: string): Promise<void> {
  const path = `/key/list?key_alias=${encodeURIComponent(alias)}`;
  const { keys = [] } = (await api.call("GET", path, { answer: listSchema })) ?? {};
  if (keys.length > 0) await api.call("POST", "/key/delete", { body: { keys } });
}

/** A virtual key in a LiteLLM proxy that runs on a host. */
export class LiteLlmKey extends resourceOf(liteLlmKeyKind, {
  type: "vpai/litellm:Key",
  name: "liteLlmKey",
  outputs: {},
}) {}
