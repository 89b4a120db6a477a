import { verdictOf } from "../../../model/proof";
import { proofsOf, takersOf, takesBoth } from "../../../platforms/logins";
import { hostViews } from "../../../platforms/contexts";
import { declaredSecrets } from "../../../platforms";
import vpai from "../../../platforms/vpai/platform";
import { STACK } from "../../context";

const views = hostViews(vpai);
const proofs = proofsOf({ views, stack: STACK });

/** How each secret is tried: where, as whom. Typed in from what the programs' own documentation calls a login. */
const LOGINS: Record<string, string[]> = {
  alloyDatabasePassword: ["sese-ai/postgresql role alloy"],
  assetsDatabasePassword: ["sese-ai/postgresql role assets"],
  couchdbAdminPassword: ["seko-vpn/couchdb user admin"],
  couchdbObsidianPassword: ["seko-vpn/couchdb user obsidian"],
  kaneoDatabasePassword: ["sese-ai/postgresql role kaneo"],
  litellmDatabasePassword: ["sese-ai/postgresql role litellm"],
  litellmMasterKey: ["sese-ai/litellm the administrator"],
  litellmMetricsKey: ["sese-ai/litellm the key metrics"],
  monitoringWriteKey: ["sese-ai/loki collector at the gateway", "sese-ai/victoriametrics collector at the gateway"],
  n8nAdminPassword: ["sese-ai/n8n the owner"],
  n8nDatabasePassword: ["sese-ai/postgresql role n8n"],
  n8nLlmKey: ["sese-ai/litellm the key n8n"],
  n8nMcpToken: ["workstation/n8n-mcp whoever shows the token"],
  n8nWebhookToken: ["sese-ai/n8n whoever calls a webhook"],
  nocodbAdminPassword: ["sese-ai/nocodb the owner"],
  nocodbDatabasePassword: ["sese-ai/postgresql role nocodb"],
  obsidianCollectorPassword: ["seko-vpn/couchdb user obsidian-collector"],
  obsidianCollectorPiPassword: ["seko-vpn/couchdb user obsidian-collector-pi"],
  openclawApiKey: ["sese-ai/litellm the key openclaw"],
  openclawGatewayToken: ["sese-ai/openclaw whoever shows the token"],
  opencodeLlmKey: ["sese-ai/litellm the key opencode"],
  opencodePassword: ["workstation/opencode user opencode"],
  palaisDatabasePassword: ["sese-ai/postgresql role palais"],
  postgresqlPassword: ["sese-ai/postgresql role postgres"],
  qdrantApiKey: ["sese-ai/qdrant the API key"],
  redisCachePassword: ["sese-ai/redis-cache the default user"],
  redisPassword: ["sese-ai/redis the default user"],
  starterToken: ["workstation/starter whoever shows the token"],
  sureDatabasePassword: ["sese-ai/postgresql role sure"],
  uptimeKumaAdminPassword: ["seko-vpn/uptime-kuma the owner"],
  vaultDumpPassword: ["seko-vpn/couchdb user vault-dump"],
  zerobyteGatewayPassword: ["seko-vpn/zerobyte owner at the gateway"],
};

/** Secrets that programs take and no login tells: what they sign or call others with, and what only callers of ours show. */
const UNTRIED = [
  ...["alertsBotToken", "alertsChat", "alertsHeartbeatUrl", "alertsMailPassword", "telegramBotToken"],
  ...["anthropicApiKey", "byteplusApiKey", "openaiApiKey", "openrouterApiKey", "zaiApiKey"],
  ...["attachmentsAccessKey", "attachmentsSecretKey", "vaultDeployKey"],
  ...["ovhApplicationKey", "ovhApplicationSecret", "ovhConsumerKey", "hcloudToken"],
  ...["seedAccessKey", "seedSecretKey"],
  ...["budgetWebhookSecret", "kaneoApiKey", "obsidianCollectorN8nKey", "remotionApiToken"],
  ...["kaneoAuthSecret", "nocodbJwtSecret", "opencutAuthSecret"],
  ...["opencutRedisToken", "opencutValkeyPassword", "uptimeKumaPushKey"],
  ...["backups", "backupsPrune", "buckets", "shared"].flatMap((name) => [`${name}AccessKey`, `${name}SecretKey`]),
];

test("every secret that can be rotated is tried as its program's clients log in, or is one that no login tells", () => {
  const found: Record<string, string[]> = {};
  for (const { proof, host, service } of proofs)
    (found[proof.secret.name] ??= []).push(`${host}/${service.name} ${proof.as}`);
  for (const logins of Object.values(found)) logins.sort();
  expect(found).toEqual(LOGINS);
  const rotatable = declaredSecrets(vpai).filter(({ fixed }) => fixed === undefined);
  expect(rotatable.map(({ name }) => name).sort()).toEqual([...Object.keys(LOGINS), ...UNTRIED].sort());
});

test("a value is never part of a command's arguments", () => {
  for (const { proof } of proofs) {
    if ("request" in proof) {
      expect(proof.request("canary").path).not.toContain("canary");
      continue;
    }
    expect(proof.command.join(" ")).not.toContain("canary");
    expect(proof.input?.("canary") ?? "canary").not.toBe("");
  }
});

test("a value of any text is a login of its own, whatever a client's input makes of it", () => {
  const odd = `it's "x" \\ :PORT é\``;
  const inputOf = (name: string): string => {
    const placed = proofs.find(({ proof }) => proof.secret.name === name);
    if (placed === undefined || "request" in placed.proof) throw new Error(`${name}: expected a command`);
    return placed.proof.input?.(odd) ?? "";
  };
  expect(inputOf("n8nDatabasePassword")).toBe(
    "\\connect postgresql://n8n:it%27s%20%22x%22%20%5C%20%3APORT%20%C3%A9%60@127.0.0.1/n8n\n",
  );
  expect(inputOf("redisPassword")).toBe(
    'AUTH default "\\x69\\x74\\x27\\x73\\x20\\x22\\x78\\x22\\x20\\x5c\\x20\\x3a\\x50\\x4f\\x52\\x54\\x20\\xc3\\xa9\\x60"\nPING\n',
  );
});

test.each([
  ["n8nWebhookToken", "/webhook/asset-register", { "x-webhook-token": "canary" }],
  ["openclawGatewayToken", "/tools/invoke", { authorization: "Bearer canary" }],
])("%s is tried by a request that asks for nothing, which whoever is let in is told", (name, path, headers) => {
  const proof = proofs.find((one) => one.proof.secret.name === name)?.proof;
  if (proof === undefined || !("request" in proof)) throw new Error(`${name}: expected a request`);
  expect(proof.request("canary")).toEqual({ method: "POST", path, headers, body: {} });
  expect([400, 401, 403, 404, 200].map((status) => verdictOf(proof, status))).toEqual([
    ...["accepted", "refused", "refused"],
    ...[{ unclear: "it answered 404" }, { unclear: "it answered 200" }],
  ]);
});

test("who takes a secret: by files, jobs, offers and requests", () => {
  const takers = (name: string): string[] => {
    const secret = declaredSecrets(vpai).find((one) => one.name === name);
    if (secret === undefined) throw new Error(`no secret ${name}`);
    return takersOf(secret, views).map(({ host, service }) => `${host}/${service.name}`);
  };
  expect(takers("redisPassword").sort()).toEqual([
    "sese-ai/litellm",
    "sese-ai/redis",
    "sese-ai/sure",
    "sese-ai/sure-worker",
  ]);
  expect(takers("n8nDatabasePassword").sort()).toEqual(
    ["sese-ai/n8n", "sese-ai/postgresql"].filter((one) => one.endsWith("n8n")),
  );
  expect(takers("vaultDumpPassword")).toEqual(["seko-vpn/couchdb"]);
});

test("programs that take two values at a time: Redis, its cache, the gateways' logins, and LiteLLM for its keys", () => {
  const both = declaredSecrets(vpai).filter((secret) => takesBoth(secret, views));
  expect(both.map(({ name }) => name).sort()).toEqual([
    ...["litellmMetricsKey", "monitoringWriteKey", "n8nLlmKey", "openclawApiKey", "opencodeLlmKey"],
    ...["redisCachePassword", "redisPassword"],
    "zerobyteGatewayPassword",
  ]);
});
