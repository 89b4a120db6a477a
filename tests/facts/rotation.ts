/** What a rotation of one secret is known by. Typed in from what the programs' own documentation says of their logins and settings. */
export interface Rotation {
  /** Who gives out its values: the stack makes them, or a person does. */
  from: "stack" | "person";
  /** Logins by which `make rotate` tries a value, as its table names them; of what signs or encrypts, and of others' keys, there is none. */
  tried: readonly string[];
  /** Containers of Sese-AI that start anew for it, as their programs read it when they start. */
  restarts: readonly string[];
  /** Those that start anew beside them where the value is changed by hand: nobody knows the one of before, which would let the stack in. */
  byHand?: readonly string[];
  /**
   * `goes on`: whoever lets in those who show it goes on meanwhile, as it takes two values, or a new one without a start; no request of a client
   * fails that has the old value until that is refused, and then the new one. `starts anew`: it is away for as long as its start takes.
   */
  server: "goes on" | "starts anew";
}

const rotation = (
  from: Rotation["from"],
  server: Rotation["server"],
  tried: Rotation["tried"],
  restarts: Rotation["restarts"],
): Rotation => ({ from, tried, restarts, server });

const ALERTMANAGER = ["vpai_alertmanager"];
const LITELLM = ["vpai_litellm"];

/** Every declared secret that can be rotated in a lab of all services. */
export const ROTATIONS = {
  alertsBotToken: rotation("person", "starts anew", [], [...ALERTMANAGER, ...LITELLM]),
  alertsChat: rotation("person", "starts anew", [], [...ALERTMANAGER, ...LITELLM]),
  alertsHeartbeatUrl: rotation("person", "starts anew", [], ALERTMANAGER),
  alertsMailPassword: rotation("person", "starts anew", [], ALERTMANAGER),
  alloyDatabasePassword: rotation("stack", "goes on", ["role alloy of postgresql"], ["vpai_alloy"]),
  anthropicApiKey: rotation("person", "starts anew", [], LITELLM),
  assetsDatabasePassword: rotation("stack", "goes on", ["role assets of postgresql"], []),
  attachmentsAccessKey: rotation("person", "starts anew", [], ["vpai_nocodb"]),
  attachmentsSecretKey: rotation("person", "starts anew", [], ["vpai_nocodb"]),
  budgetWebhookSecret: rotation("stack", "starts anew", [], LITELLM),
  byteplusApiKey: rotation("person", "starts anew", [], LITELLM),
  couchdbAdminPassword: rotation("stack", "starts anew", ["user admin of couchdb"], []),
  couchdbObsidianPassword: rotation("stack", "goes on", ["user obsidian of couchdb"], []),
  kaneoApiKey: rotation("person", "goes on", [], []),
  kaneoAuthSecret: rotation("stack", "starts anew", [], ["vpai_kaneo-api"]),
  kaneoDatabasePassword: rotation("stack", "goes on", ["role kaneo of postgresql"], ["vpai_kaneo-api"]),
  litellmDatabasePassword: rotation("stack", "starts anew", ["role litellm of postgresql"], LITELLM),
  litellmMasterKey: rotation("stack", "starts anew", ["the administrator of litellm"], LITELLM),
  litellmMetricsKey: rotation("stack", "goes on", ["the key metrics of litellm"], ["vpai_alloy"]),
  monitoringWriteKey: rotation(
    "stack",
    "goes on",
    ["collector at the gateway of loki", "collector at the gateway of victoriametrics"],
    [],
  ),
  n8nAdminPassword: rotation("stack", "starts anew", ["the owner of n8n"], []),
  n8nDatabasePassword: rotation("stack", "starts anew", ["role n8n of postgresql"], ["vpai_n8n"]),
  n8nLlmKey: rotation("stack", "goes on", ["the key n8n of litellm"], []),
  n8nMcpToken: rotation("stack", "starts anew", ["whoever shows the token of n8n-mcp"], []),
  n8nWebhookToken: rotation("stack", "goes on", ["whoever calls a webhook of n8n"], []),
  nocodbAdminPassword: rotation("stack", "starts anew", ["the owner of nocodb"], ["vpai_nocodb"]),
  nocodbDatabasePassword: rotation("stack", "goes on", ["role nocodb of postgresql"], ["vpai_nocodb"]),
  nocodbJwtSecret: rotation("stack", "starts anew", [], ["vpai_nocodb"]),
  obsidianCollectorPassword: rotation("stack", "goes on", ["user obsidian-collector of couchdb"], []),
  obsidianCollectorPiPassword: rotation("stack", "goes on", ["user obsidian-collector-pi of couchdb"], []),
  openaiApiKey: rotation("person", "starts anew", [], LITELLM),
  openclawApiKey: rotation("stack", "goes on", ["the key openclaw of litellm"], ["vpai_openclaw"]),
  openclawGatewayToken: rotation("stack", "starts anew", ["whoever shows the token of openclaw"], ["vpai_openclaw"]),
  opencodeLlmKey: rotation("stack", "goes on", ["the key opencode of litellm"], []),
  opencodePassword: rotation("stack", "starts anew", ["user opencode of opencode"], []),
  opencutAuthSecret: rotation("stack", "starts anew", [], []),
  opencutRedisToken: rotation("stack", "starts anew", [], []),
  opencutValkeyPassword: rotation("stack", "starts anew", [], []),
  openrouterApiKey: rotation("person", "starts anew", [], LITELLM),
  ovhApplicationKey: rotation("person", "goes on", [], []),
  ovhApplicationSecret: rotation("person", "goes on", [], []),
  ovhConsumerKey: rotation("person", "goes on", [], []),
  palaisDatabasePassword: rotation("stack", "goes on", ["role palais of postgresql"], ["vpai_palais"]),
  postgresqlPassword: rotation("stack", "goes on", ["role postgres of postgresql"], []),
  qdrantApiKey: rotation(
    "stack",
    "starts anew",
    ["the API key of qdrant"],
    ["vpai_litellm", "vpai_openclaw", "vpai_qdrant"],
  ),
  redisCachePassword: {
    ...rotation("stack", "goes on", ["the default user of redis-cache"], LITELLM),
    byHand: ["vpai_redis-cache"],
  },
  redisPassword: {
    ...rotation("stack", "goes on", ["the default user of redis"], [...LITELLM, "vpai_sure", "vpai_sure-worker"]),
    byHand: ["vpai_redis"],
  },
  remotionApiToken: rotation("stack", "starts anew", [], []),
  starterToken: rotation("stack", "starts anew", ["whoever shows the token of starter"], []),
  sureDatabasePassword: rotation("stack", "goes on", ["role sure of postgresql"], ["vpai_sure", "vpai_sure-worker"]),
  telegramBotToken: rotation("person", "starts anew", [], ["vpai_openclaw"]),
  uptimeKumaAdminPassword: rotation("stack", "goes on", ["the owner of uptime-kuma"], []),
  uptimeKumaPushKey: rotation("stack", "goes on", [], []),
  vaultDumpPassword: rotation("stack", "goes on", ["user vault-dump of couchdb"], []),
  zaiApiKey: rotation("person", "starts anew", [], LITELLM),
  zerobyteGatewayPassword: rotation("stack", "goes on", ["owner at the gateway of zerobyte"], []),
} as const satisfies Record<string, Rotation>;

export type Rotated = keyof typeof ROTATIONS;

const bound = (name: string, because: string): RegExp =>
  new RegExp(`secrets:${name} cannot be changed: ${because.replaceAll(".", "[.]")}`);

const keptBy = (container: string): RegExp =>
  new RegExp(
    `${container} on .*: where the account has another password, set it in the program to the one of the stack`,
  );

/** Every one that cannot be rotated, with what `make up` says of another value in the stack's file. `make rotate`'s words are in plan.test.ts. */
export const FIXED: Readonly<Record<string, RegExp>> = {
  couchdbSecret: bound("couchdbSecret", "clients know the server by what follows from it"),
  grafanaAdminPassword: bound("grafanaAdminPassword", "Grafana takes it on its first start only"),
  kaneoAdminPassword: keptBy("vpai_kaneo-api"),
  litellmSaltKey: bound("litellmSaltKey", "the keys in LiteLLM's database are encrypted with the one of before"),
  n8nEncryptionKey: bound("n8nEncryptionKey", "the credentials in the database are encrypted with the key of before"),
  nocodbConnectionKey: bound(
    "nocodbConnectionKey",
    "the credentials in NocoDB's database are encrypted with the one of before",
  ),
  opencutDatabasePassword: bound("opencutDatabasePassword", "OpenCut's PostgreSQL takes it on its first start only"),
  sureAdminPassword: keptBy("vpai_sure"),
  sureSecretKeyBase: bound("sureSecretKeyBase", "what Sure has encrypted is lost without the one of before"),
  zerobyteAdminPassword: keptBy("vpn_zerobyte"),
};

/**
 * Those that no program of a lab takes, as they are for a bucket, a repository, a cloud or a VPN that it does not have: `make rotate` says so.
 * tests/lab/all/offsite-lab, which rotates the hub's keys of a bucket, tests/lab/long/fresh-nodes and tests/unit have what they are for.
 */
export const NOT_IN_THE_LAB: readonly string[] = [
  ...["backupsAccessKey", "backupsPassword", "backupsPruneAccessKey", "backupsPruneSecretKey", "backupsSecretKey"],
  ...[
    "bucketsAccessKey",
    "bucketsSecretKey",
    "hcloudToken",
    "obsidianCollectorN8nKey",
    "seedAccessKey",
    "seedSecretKey",
  ],
  ...["sharedAccessKey", "sharedSecretKey", "vaultDeployKey"],
];
