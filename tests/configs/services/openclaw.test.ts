import { z } from "zod";
import openclaw from "../../../platforms/vpai/services/openclaw";
import { contextWith } from "../../context";

/**
 * OpenClaw itself reads its file in the lab of all services (images-openclaw.test.ts). Here a schema does, in no time: the
 * part of its configuration reference (2026.2.22) that the file may use. It is strict, as OpenClaw is: a key that it does
 * not know keeps it from starting.
 */
const toolPolicy = z.strictObject({ allow: z.array(z.string()).optional(), deny: z.array(z.string()).optional() });

const sandbox = z.strictObject({
  mode: z.enum(["off", "non-main", "all"]),
  scope: z.enum(["session", "agent", "shared"]),
  workspaceAccess: z.enum(["none", "ro", "rw"]),
  docker: z.strictObject({
    image: z.string().min(1),
    user: z.string().regex(/^\d+:\d+$/),
    network: z.string().refine((name) => name !== "host", { error: "its sandboxes may not share the host's network" }),
    readOnlyRoot: z.boolean(),
    capDrop: z.array(z.string()),
    pidsLimit: z.int().positive(),
    memory: z.string().regex(/^\d+[kmg]$/),
    memorySwap: z.string().regex(/^\d+[kmg]$/),
    cpus: z.number().positive(),
  }),
  prune: z.strictObject({ idleHours: z.int(), maxAgeDays: z.int() }),
});

const schema = z.strictObject({
  gateway: z.strictObject({
    mode: z.enum(["local", "remote"]),
    port: z.int().min(1).max(65535),
    bind: z.enum(["auto", "loopback", "lan", "tailnet", "custom"]),
    auth: z.strictObject({ mode: z.enum(["none", "token", "password", "trusted-proxy"]), token: z.string().min(1) }),
    controlUi: z.strictObject({ enabled: z.boolean(), allowedOrigins: z.array(z.url()) }),
    trustedProxies: z.array(z.string()),
  }),
  models: z.strictObject({
    mode: z.enum(["merge", "replace"]),
    providers: z.record(
      z.string(),
      z.strictObject({
        baseUrl: z.url(),
        apiKey: z.string(),
        api: z.enum(["openai-completions", "openai-responses", "anthropic-messages", "google-generative-ai"]),
        models: z.array(z.strictObject({ id: z.string().min(1), name: z.string().min(1) })).min(1),
      }),
    ),
  }),
  agents: z.strictObject({
    defaults: z.strictObject({
      model: z.strictObject({ primary: z.string(), fallbacks: z.array(z.string()) }),
      maxConcurrent: z.int().positive(),
      subagents: z.strictObject({ maxConcurrent: z.int().positive() }),
      sandbox,
    }),
    list: z.array(
      z.strictObject({
        id: z.string().regex(/^[a-z][a-z0-9-]*$/),
        name: z.string(),
        default: z.boolean().optional(),
        model: z.string().optional(),
        subagents: z.strictObject({ allowAgents: z.array(z.string()) }).optional(),
      }),
    ),
  }),
  tools: z.strictObject({
    elevated: z.strictObject({ enabled: z.boolean() }),
    sandbox: z.strictObject({ tools: toolPolicy }),
  }),
  channels: z.strictObject({
    telegram: z.strictObject({
      enabled: z.boolean(),
      tokenFile: z.string().startsWith("/"),
      dmPolicy: z.enum(["pairing", "allowlist", "open", "disabled"]),
    }),
  }),
  plugins: z.strictObject({
    allow: z.array(z.string()),
    load: z.strictObject({ paths: z.array(z.string().startsWith("/")) }),
    slots: z.strictObject({ memory: z.string() }),
    entries: z.record(z.string(), z.strictObject({ enabled: z.boolean(), config: z.record(z.string(), z.string()) })),
  }),
  discovery: z.strictObject({ mdns: z.strictObject({ mode: z.enum(["minimal", "full", "off"]) }) }),
  update: z.strictObject({ checkOnStart: z.boolean() }),
});

const file = openclaw.files?.(contextWith())[0];
const text = file?.content as string;
const config = schema.parse(JSON.parse(text));

test("OpenClaw is told to read the file", () => {
  expect(openclaw.environment?.(contextWith())).toMatchObject({ OPENCLAW_CONFIG_PATH: file?.path });
});

test("the gateway listens on its port for the other containers, and asks for a token", () => {
  expect(config.gateway).toEqual({
    mode: "local",
    port: 18789,
    bind: "lan",
    auth: { mode: "token", token: "${OPENCLAW_GATEWAY_TOKEN}" },
    controlUi: { enabled: true, allowedOrigins: ["https://javisi.ewutelo.cloud"] },
    trustedProxies: ["172.20.2.0/24"],
  });
});

test("every variable that the file names is given to the program: one that is missing keeps it from starting", () => {
  const named = [...text.matchAll(/\$\{(\w+)\}/g)].map(([, variable]) => variable);
  const exported = Object.values(openclaw.secrets ?? {}).flatMap((secret) => secret.exported ?? []);
  expect(exported.sort()).toEqual([...new Set(named)].sort());
});

test("models come from LiteLLM alone, and every model that an agent names is among them", () => {
  expect(Object.entries(config.models.providers).map(([name, { baseUrl }]) => [name, baseUrl])).toEqual([
    ["litellm", "http://litellm:4000/v1"],
  ]);
  const known = config.models.providers["litellm"]?.models.map(({ id }) => `litellm/${id}`);
  const { primary, fallbacks } = config.agents.defaults.model;
  for (const model of [primary, ...fallbacks, ...config.agents.list.flatMap((agent) => agent.model ?? [])])
    expect(known).toContain(model);
});

test("there are ten agents, one of them the default", () => {
  expect(new Set(config.agents.list.map(({ id }) => id)).size).toBe(10);
  expect(config.agents.list.filter((agent) => agent.default)).toHaveLength(1);
});

test("sub-agents run in containers on the sandbox network, without rights, and nothing runs outside them", () => {
  expect(config.agents.defaults.sandbox).toMatchObject({
    mode: "non-main",
    workspaceAccess: "none",
    docker: {
      image: "docker.io/library/node:22.23.5-bookworm",
      network: "sandbox",
      user: "1000:1000",
      readOnlyRoot: true,
      capDrop: ["ALL"],
      memory: "512m",
    },
  });
  expect(config.tools.elevated.enabled).toBe(false);
});
