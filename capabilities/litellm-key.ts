import { LiteLlmKey } from "@vpai/providers";
import { containerOf, defineCapability } from "../model/capability";
import type { SecretDeclaration } from "../model/secret";

/** What makes a service the one that keeps the others' virtual keys. */
export interface LlmProxy {
  /** The administrator's key; {@link llmKey} of it is what the proxy knows. */
  masterKey: SecretDeclaration;
}

/** A key of the LLM proxy, with a budget of its own. */
export interface VirtualKey {
  /** Name that spend is told under; unique in the proxy. */
  alias: string;
  /** US dollars that may be spent in one `budgetDuration`. */
  maxBudget: number;
  /** After what time the budget starts anew: a number and s, m, h or d, e.g. `1d`. */
  budgetDuration: string;
  /** Names of models that it may use. Default: all. */
  models?: readonly string[];
  /** The key's secret part; the key itself is {@link llmKey} of it. */
  key: SecretDeclaration;
}

/** A key as LiteLLM takes it: it refuses one that does not begin with `sk-`. */
export const llmKey = (value: string): string => (value.startsWith("sk-") ? value : `sk-${value}`);

/** A virtual key with a budget in a LiteLLM proxy; one that nobody requests any more is deleted. */
export const litellmKey = defineCapability<LlmProxy, VirtualKey>({
  name: "LiteLLM key",
  when: "before",
  offerSecrets: ({ masterKey }) => [masterKey],
  requestSecrets: ({ key }) => [key],
  claims: ({ alias }) => [`virtual key ${alias}`],
  make: (
    { alias, key, maxBudget, budgetDuration, models = [] },
    { offer, host, connection, endpoint, ready, scope },
    at,
  ) =>
    new LiteLlmKey(
      `${host}/virtual-key/${alias}`,
      {
        connection,
        server: {
          container: containerOf(endpoint),
          port: endpoint.port,
          masterKey: at.secret(offer.masterKey).apply(llmKey),
        },
        alias,
        key: at.secret(key).apply(llmKey),
        maxBudget,
        budgetDuration,
        models: [...models],
      },
      { parent: scope, dependsOn: [ready] },
    ),
});
