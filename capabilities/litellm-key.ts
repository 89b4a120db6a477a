import { LiteLlmKey } from "@vpai/providers";
import { containerOf, defineCapability, type Running, type MakeContext } from "../model/capability";
import { bearerLogin, type Proof } from "../model/proof";
import type { SecretDeclaration } from "../model/secret";

/** What makes a service the one that keeps the others' virtual keys. */
export interface LlmProxy {
  /** The administrator's key; {@link llmKey} of it is what the proxy knows. */
  masterKey: SecretDeclaration;
}

/** A key of the LLM proxy. */
export interface VirtualKey {
  /** Name that spend is told under; unique in the proxy. */
  alias: string;
  /**
   * US dollars that may be spent in one `budgetDuration`, after which the key is refused, also for models that cost nothing. Default: none.
   */
  maxBudget?: number;
  /** After what time its budget, and what it is told to have spent, start anew: a number and s, m, h or d, e.g. `1d`. */
  budgetDuration: string;
  /** Names of models that it may use. Default: all. */
  models?: readonly string[];
  /** The key's secret part; the key itself is {@link llmKey} of it. */
  key: SecretDeclaration;
}

/** A key as LiteLLM takes it: it refuses one that does not begin with `sk-`. */
export const llmKey = (value: string): string => (value.startsWith("sk-") ? value : `sk-${value}`);

/** How a key is tried. @param path that it may ask for */
const keyAt = (path: string, secret: SecretDeclaration, as: string): Proof => ({
  secret,
  as,
  request: (value) => ({ path, headers: bearerLogin(llmKey(value)) }),
});

/** Makes a key in the proxy. */
const make = (
  { alias, key, maxBudget = 0, budgetDuration, models = [], routes }: VirtualKey & { routes?: readonly string[] },
  { offer, host, connection, endpoint, ready, scope }: Running<LlmProxy>,
  at: MakeContext,
): LiteLlmKey =>
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
      before: at.before(key)?.apply(llmKey) ?? "",
      maxBudget,
      budgetDuration,
      models: [...models],
      ...(routes === undefined ? {} : { routes: [...routes] }),
    },
    { parent: scope, dependsOn: [ready] },
  );

/** A virtual key in a LiteLLM proxy; one that nobody requests any more is deleted. */
export const litellmKey = defineCapability<LlmProxy, VirtualKey>({
  name: "LiteLLM key",
  when: "before",
  offerSecrets: ({ masterKey }) => [masterKey],
  requestSecrets: ({ key }) => [key],
  takesBoth: ({ key }) => [key],
  offerProofs: ({ masterKey }) => [keyAt("/models", masterKey, "the administrator")],
  requestProofs: ({ alias, key }) => [keyAt("/models", key, `the key ${alias}`)],
  claims: ({ alias }) => [`virtual key ${alias}`],
  make,
});

/** The key that the proxy's metrics are read with, and nothing else. The proxy itself requests it, as it is made in it. */
export const litellmMetricsKey = defineCapability<LlmProxy, Pick<VirtualKey, "key">>({
  name: "LiteLLM metrics key",
  when: "after",
  offerSecrets: ({ masterKey }) => [masterKey],
  requestSecrets: ({ key }) => [key],
  takesBoth: ({ key }) => [key],
  requestProofs: ({ key }) => [keyAt("/metrics/", key, "the key metrics")],
  claims: () => ["virtual key metrics"],
  // It spends nothing; LiteLLM takes no budget of zero for one.
  make: ({ key }, server, at) =>
    make({ alias: "metrics", maxBudget: 0.01, budgetDuration: "30d", routes: ["/metrics"], key }, server, at),
});
