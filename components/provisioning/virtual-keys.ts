import { LiteLlmKey } from "@vpai/providers";
import { llmKey, portOf, type Service } from "../../model/service";
import { madeIn, type Servers } from "./servers";

/** The keys of the LLM proxy that a service declares, with their budgets. */
export const virtualKeys = ({ virtualKeys: declared = [] }: Service, servers: Servers): LiteLlmKey[] =>
  declared.map(({ alias, key, maxBudget, budgetDuration, models = [] }) => {
    const { host } = servers;
    const { role, service, running } = servers.serving("llmProxy");
    const masterKey = host.secrets.require(role.masterKey).apply(llmKey);
    return new LiteLlmKey(
      `${host.owner.host}/virtual-key/${alias}`,
      {
        connection: host.connection,
        server: { container: running.containerName, port: portOf(service), masterKey },
        alias,
        key: host.secrets.require(key).apply(llmKey),
        maxBudget,
        budgetDuration,
        models: [...models],
      },
      madeIn(running),
    );
  });
