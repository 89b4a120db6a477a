import { litellmKey, llmKey } from "../../../../capabilities/litellm-key";
import { type Credential, n8nCredential } from "../../../../capabilities/n8n-credential";
import { postgresqlDatabase } from "../../../../capabilities/postgresql-database";
import { peer } from "../../../../model/peers";
import { optional, type SecretDeclaration } from "../../../../model/secret";
import { ASSETS_SEED } from "./assets-seed";

const LLM_KEY: SecretDeclaration = {
  name: "n8nLlmKey",
  description: "n8n's key at LiteLLM",
  ansible: "n8n_litellm_key",
  origin: "random",
  length: 32,
};

/** Where an asset comes from, and what was made of it (docs/requirements.md#creative-pipeline). */
const ASSETS = postgresqlDatabase.own("assets", "the asset register's", { seed: ASSETS_SEED });

const WEBHOOK_TOKEN: SecretDeclaration = {
  name: "n8nWebhookToken",
  description: "Token that callers of n8n's webhooks send in the header X-Webhook-Token",
  ansible: "n8n_webhook_token",
  origin: "random",
  length: 32,
};

export const REMOTION_TOKEN: SecretDeclaration = {
  name: "remotionApiToken",
  description: "Token of Remotion's API on the workstation",
  ansible: "remotion_api_token",
  origin: "random",
  length: 32,
};

export const STARTER_TOKEN: SecretDeclaration = {
  name: "starterToken",
  description: "Token with which the workstation is asked to start and stop what runs on demand",
  origin: "random",
  length: 32,
};

const KANEO_KEY: SecretDeclaration = {
  name: "kaneoApiKey",
  description: "API key of Kaneo, for n8n's workflows (Kaneo: settings, API keys)",
  ansible: "kaneo_api_key",
  origin: "supplied",
  needed: optional,
};

/** A login by one header. */
const header = (name: string, secret: SecretDeclaration, field: string, prefix = ""): Credential => ({
  name,
  type: "httpHeaderAuth",
  secret,
  data: (value) => ({ name: field, value: `${prefix}${value}` }),
});

/** What n8n asks callers of its workflows for. */
const webhooks: Credential = {
  ...header("Webhooks", WEBHOOK_TOKEN, "X-Webhook-Token"),
  proof: {
    as: "whoever calls a webhook",
    // It registers nothing: whom it lets in it tells what is missing.
    request: (value) => ({
      method: "POST",
      path: "/webhook/asset-register",
      headers: { "x-webhook-token": value },
      body: {},
    }),
    accepted: (status) => status === 400,
  },
};

const llm: Credential = {
  name: "LiteLLM",
  type: "openAiApi",
  secret: LLM_KEY,
  data: (value, context) => {
    const { host, port } = peer(context, litellmKey);
    return { apiKey: llmKey(value), url: `http://${host}:${port}/v1`, header: false };
  },
};

const assets: Credential = {
  name: "Assets",
  type: "postgres",
  secret: ASSETS.password,
  data: (password, context) => {
    const { host, port } = postgresqlDatabase.serverOf(context, ASSETS);
    const login = { host, port, database: ASSETS.name, user: ASSETS.role, password };
    return { ...login, maxConnections: 5, allowUnauthorizedCerts: false, ssl: "disable", sshTunnel: false };
  },
};

/** What workflows log in with, by the service for whose sake they do. */
export const CREDENTIALS: readonly (readonly [service: string, Credential])[] = [
  ["litellm", llm],
  ["kaneo-api", assets],
  ["kaneo-api", webhooks],
  ["kaneo-api", header("Remotion", REMOTION_TOKEN, "Authorization", "Bearer ")],
  ["starter", header("Workstation", STARTER_TOKEN, "Authorization", "Bearer ")],
  ["kaneo-api", header("Kaneo", KANEO_KEY, "Authorization", "Bearer ")],
];

/** What is made elsewhere for n8n's workflows. */
export const forWorkflows = [
  postgresqlDatabase.request(ASSETS, { beside: ["kaneo-api"] }),
  litellmKey.request(
    { alias: "n8n", budgetDuration: "1d", key: LLM_KEY },
    // n8n starts without the proxy: the core runs where the proxy does not.
    { when: "after", beside: ["litellm"] },
  ),
  ...CREDENTIALS.map(([service, credential]) => n8nCredential.request(credential, { from: "n8n", beside: [service] })),
];
