import path from "node:path";
import { z } from "zod";
import { methodIn } from "../capabilities/backups/method";
import { n8nCredential } from "../capabilities/n8n-credential";
import { n8nOwner } from "../capabilities/n8n-owner";
import { n8nWorkflow, type WorkflowFolder } from "../capabilities/n8n-workflow";
import { postgresqlDatabase } from "../capabilities/postgresql-database";
import type { Requested } from "../model/capability";
import type { SmokeCheck } from "../model/checks";
import type { ServiceContext } from "../model/context";
import { camelCase } from "../model/names";
import { reachedAddresses } from "../model/reach";
import { ofLength } from "../model/secret";
import type { ContainerService, Limits } from "../model/service";
import { type Access, type Answer, hostnameOf, type SiteName } from "../model/site";
import { N8N_DASHBOARD } from "./n8n/dashboard";
import { N8N_SEED } from "./n8n/seed";

const PORT = 5678;

/** n8n notes its key beside its data and refuses every other one: its credentials could no longer be read. */
const sameKeyAsKept = (secret: string): string => `const { existsSync, readFileSync } = require("fs");
const kept = "/home/node/.n8n/config";
const key = readFileSync("/run/secrets/encryption_key", "utf8").trim();
if (existsSync(kept) && JSON.parse(readFileSync(kept, "utf8")).encryptionKey !== key) {
  console.error("secrets:${secret} cannot be changed: the credentials in the database are encrypted with the key of before, " +
    "which " + kept + " holds. Give the secret that value again; one that the stack made comes back once the secret is out of the stack's file.");
  process.exit(1);
}`;

/**
 * What webhooks outlive, such as an update (docs/decisions/webhook-relay.md). n8n says that it is ready before it knows any
 * webhook; what it serves later than those is its settings.
 */
const OUTAGE = { seconds: 90, ready: "/rest/settings" } as const;

/** What its database holds, too, in the form that its editor imports; and what tells its encryption key from another. */
const EXPORTS = methodIn(path.join(__dirname, "n8n"), "backup", [], "n8n");

/** What differs between one n8n and another. */
export interface N8nArgs {
  /** Default: `n8n`. Also its database, and the first part of its secrets' names. */
  name?: string;
  group: string;
  networks: readonly string[];
  /** Where its editor answers. */
  site: { subdomain: string; access: Access };
  /**
   * Where its webhooks answer: callers are no members of the VPN. Beside, they answer below the editor's site, for a relay.
   * Default: below the editor's site, as all of it.
   */
  webhooks?: { subdomain: string; access: Access; answers: Answer };
  /** Default: none. */
  workflows?: WorkflowFolder;
  /** What workflows read as `$env`: addresses, never secrets, which are credentials. Default: nothing. */
  environment?: (context: ServiceContext) => Readonly<Record<string, string>>;
  /** What is made for its workflows, in this order: credentials, keys, databases. Default: nothing. */
  uses?: readonly Requested[];
  /** Sites of the platform that workflows ask by their names. Default: none. */
  asks?: readonly SiteName[];
  /** Keys of a stack's file that `environment` asks for. */
  settings?: Readonly<Record<string, z.ZodType>>;
  smoke?: readonly SmokeCheck[];
  /** Default: 640 MiB and 1.5 CPUs (docs/decisions/limits.md). */
  limits?: Limits;
}

/** n8n 2.7 with a database of its own, its sites, and workflows from files. */
export function n8n(args: N8nArgs): ContainerService {
  const { name = "n8n", group, networks, workflows, smoke, limits = { memoryMiB: 640, cpus: 1.5 } } = args;
  const site = { ...args.site, port: PORT };
  const webhooks = { ...(args.webhooks ?? args.site), path: "/webhook/*", port: PORT, holds: OUTAGE };
  const database = postgresqlDatabase.own(name, `${name}'s`, { seed: N8N_SEED });
  const ownerPassword = {
    name: `${camelCase(name)}AdminPassword`,
    description: `Password of the account that owns ${name}; its name is vpai:ownerEmail`,
    ansible: `${name.replaceAll("-", "_")}_admin_password`,
    origin: "random",
    length: 32,
    check: ofLength(8, 64),
  } as const;
  const { asks } = args;
  const edited = name === "n8n" ? "workflows" : `${camelCase(name)}Workflows`;
  return {
    name,
    group,
    // It writes its editor's files there, 53 MiB, whenever it starts.
    run: { image: "docker.io/n8nio/n8n:2.7.3", networks, scratch: ["/home/node/.cache"] },
    user: { uid: 1000, gid: 1000 },
    port: PORT,
    expose: [site, ...(args.webhooks === undefined ? [] : [webhooks, { ...webhooks, ...args.site, relayed: true }])],
    environment: (context) => {
      const server = postgresqlDatabase.serverOf(context, database);
      return {
        DB_TYPE: "postgresdb",
        DB_POSTGRESDB_HOST: server.host,
        DB_POSTGRESDB_PORT: String(server.port),
        DB_POSTGRESDB_DATABASE: database.name,
        DB_POSTGRESDB_USER: database.role,
        GENERIC_TIMEZONE: "Europe/Paris",
        N8N_HOST: hostnameOf(site, context.domain),
        N8N_PORT: String(PORT),
        N8N_PROTOCOL: "https",
        N8N_PROXY_HOPS: "1",
        N8N_EDITOR_BASE_URL: `https://${hostnameOf(site, context.domain)}/`,
        WEBHOOK_URL: `https://${hostnameOf(webhooks, context.domain)}/`,
        N8N_DIAGNOSTICS_ENABLED: "false",
        N8N_VERSION_NOTIFICATIONS_ENABLED: "false",
        N8N_PERSONALIZATION_ENABLED: "false",
        // What it hides from workflows holds no secret: each is a file.
        N8N_BLOCK_ENV_ACCESS_IN_NODE: "false",
        N8N_METRICS: "true",
        N8N_METRICS_INCLUDE_MESSAGE_EVENT_BUS_METRICS: "true",
        EXECUTIONS_DATA_PRUNE: "true",
        ...args.environment?.(context),
      };
    },
    ...(asks === undefined ? {} : { asks: () => asks, extraHosts: (context) => reachedAddresses(asks, context) }),
    secrets: {
      database_password: { secret: database.password, variable: "DB_POSTGRESDB_PASSWORD_FILE" },
      encryption_key: {
        secret: {
          name: `${camelCase(name)}EncryptionKey`,
          description: `Key that ${name} encrypts its credentials with; losing it loses them`,
          ansible: `${name.replaceAll("-", "_")}_encryption_key`,
          origin: "random",
          length: 32,
          multiline: true,
          fixed: {
            because: `the credentials in ${name}'s database are encrypted with it`,
            lost: "every credential of its workflows, those that people added in its editor among them",
            decrypts: true,
          },
        },
        variable: "N8N_ENCRYPTION_KEY_FILE",
        validate: ["node", "-e", sameKeyAsKept(`${camelCase(name)}EncryptionKey`)],
      },
    },
    data: [{ path: "/home/node/.n8n", backup: { kind: "files" } }],
    backups: [{ name: `${name}-exports`, method: EXPORTS, arguments: [`{folder}/secrets/${name}/encryption_key`] }],
    limits,
    health: { test: ["wget", "-q", "-O", "/dev/null", `http://127.0.0.1:${PORT}/healthz/readiness`], startPeriod: 120 },
    metrics: {},
    dashboards: [N8N_DASHBOARD],
    offers: [n8nWorkflow.offer({ database, edited }), n8nCredential.offer({ database }), n8nOwner.offer({ database })],
    uses: [
      postgresqlDatabase.request(database),
      n8nOwner.request({ of: name, password: ownerPassword }, { from: name }),
      ...(args.uses ?? []),
      ...(workflows === undefined ? [] : n8nWorkflow.requestFolder(workflows, name)),
    ],
    settings: {
      [edited]: z
        .enum(["keep", "overwrite"], { error: "keep or overwrite" })
        .default("keep")
        .describe(
          "n8n workflows that were edited on the host. keep: they stay and are shown as changed. overwrite: the next up sets them back.",
        ),
      ...args.settings,
    },
    // Its editor's first page sends this; who sends it first owns n8n.
    firstUser: { closed: ["/rest/owner/setup*"], owner: ownerPassword },
    ...(smoke === undefined ? {} : { smoke }),
    version: { test: ["n8n", "--version"], pattern: "^(\\d+\\.\\d+\\.\\d+)" },
    stopTimeout: 30,
  };
}
