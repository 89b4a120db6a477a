import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import path from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { parse } from "yaml";
import { deploy } from "../../../../components/stack";
import type { ImageLock } from "../../../../images/lock";
import { loadStackConfig, readSecret, ROTATING } from "../../../../config";
import type { SecretDeclaration } from "../../../../model/secret";
import { declaredSecrets, platformNamed, platformNames } from "../../../../platforms";
import vpai from "../../../../platforms/vpai/platform";
import { maskedOf, plainOf, secretsOf } from "./wire";
import { projectRoot } from "../../../../toolchain/environment";

/** What a test may want to know of one registration, as the engine would get it. */
export interface Registered {
  name: string;
  type: string;
  /** Inputs with secrets laid open. */
  inputs: Record<string, unknown>;
  /** Inputs as a diff shows them: secrets are masked. */
  shown: unknown;
  /** Paths of the inputs that are marked secret: `envs`, `server.password`. */
  secrets: string[];
  /** Name of the parent; empty directly below the stack. */
  parent: string;
  /** Name of the explicit provider; empty for a default one. */
  provider: string;
  /** Names of everything that has to be there first. */
  dependsOn: string[];
  protect: boolean;
  /** Name of the resource whose deletion deletes this one too; empty when there is none. */
  deletedWith: string;
  deleteBeforeReplace: boolean;
  replaceOnChanges: string[];
  ignoreChanges: string[];
  additionalSecretOutputs: string[];
  /** Names of the hooks that run right before creation. */
  beforeCreate: string[];
  onError: string[];
}

/** Warnings of the programs that ran; they are not printed. */
export const warnings = jest.spyOn(pulumi.log, "warn").mockResolvedValue();

/** Values that providers would give; everything else echoes its inputs. */
function outputsOf({ type, name, inputs }: pulumi.runtime.MockResourceArgs): Record<string, unknown> {
  const given = inputs as Record<string, unknown>;
  switch (type) {
    case "random:index/randomPassword:RandomPassword":
      return { ...given, result: `random-${name}`, bcryptHash: `hash-${name}` };
    case "pulumi-nodejs:dynamic/vpai/host:SshKey":
      return {
        ...given,
        publicKey: `ssh-ed25519 ${Buffer.from(name).toString("base64")}`,
        privateKey: `private-${name}`,
      };
    case "pulumi-nodejs:dynamic/vpai/host:DockerHost":
      return { ...given, endpoint: `ssh://${name}` };
    case "pulumi-nodejs:dynamic/vpai/host:KeptSecret":
      return { ...given, value: plain(given["made"]) };
    case "pulumi-nodejs:dynamic/vpai/host:RemoteFile":
      // Another content is written at another moment.
      return { ...given, writtenAt: createHash("sha256").update(JSON.stringify(given["content"])).digest("hex") };
    case "pulumi-nodejs:dynamic/vpai/docker:HostImage":
      return { ...given, imageId: `sha256:${name}` };
    case "command:local:Command":
      return { ...given, stdout: `stdout of ${name}` };
    case "hcloud:index/server:Server":
      return { ...given, ipv4Address: "203.0.113.10" };
    default:
      return { ...given };
  }
}

/** A value without the envelope in which a secret one is handed over. */
const plain = (value: unknown): unknown =>
  typeof value === "object" && value !== null && "value" in value ? value.value : value;

/** Outputs as the engine gives them back: those that the program declared secret are. */
const marked = (outputs: Record<string, unknown>, request: Registered | undefined): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(outputs).map(([name, value]) => [
      name,
      request?.additionalSecretOutputs.includes(name) ? pulumi.secret(value) : value,
    ]),
  );

/** The settings of a stack's tracked file, as Pulumi hands them over. */
export function settingsOf(stack: string): Record<string, string> {
  const { config } = parse(readFileSync(path.join(projectRoot, `Pulumi.${stack}.yaml`), "utf8")) as { config: object };
  return Object.fromEntries(
    Object.entries(config)
      .filter(([key]) => key.startsWith("vpai:"))
      .map(([key, value]) => [key, typeof value === "object" ? JSON.stringify(value) : String(value)]),
  );
}

/**
 * Runs `program` as the program of a stack, over mocks, in a preview.
 * @param config full keys and values; those of the namespace `secrets:`, and rotations under way, are encrypted ones
 * @returns every resource, in the order of registration, after the last one is registered
 */
export async function graphOf(
  stack: string,
  config: Record<string, string>,
  program: () => unknown,
): Promise<Registered[]> {
  const registered: Registered[] = [];
  await pulumi.runtime.setMocks(
    {
      newResource: (args) => ({ id: `id-of-${args.name}`, state: marked(outputsOf(args), registered.at(-1)) }),
      call: ({ inputs }) => inputs as Record<string, unknown>,
    },
    "vpai",
    stack,
    true,
  );
  watchMonitor(registered);
  const secrets = Object.keys(config).filter((key) => key.startsWith("secrets:") || key === ROTATING);
  pulumi.runtime.setAllConfig(config, secrets);
  let failure: Error | undefined;
  const frames = Error.stackTraceLimit;
  // The SDK formats a stack trace for every promise and resource; under jest that is half of the time.
  Error.stackTraceLimit = 0;
  await pulumi.runtime.runInPulumiStack(async () => {
    try {
      return program() as Record<string, unknown>;
    } catch (error) {
      // Left to the SDK, it would end the process.
      failure = error as Error;
      return {};
    }
  });
  await pulumi.runtime.disconnect();
  Error.stackTraceLimit = frames;
  if (failure !== undefined) throw failure;
  return registered.filter(({ type }) => type !== "pulumi:pulumi:Stack");
}

/** What we read of a request; the SDK's own class of it is not part of its public types. */
interface Request {
  getName(): string;
  getType(): string;
  getParent(): string;
  getProvider(): string;
  getObject(): { toJavaScript(): Record<string, unknown> };
  getDependenciesList(): string[];
  getProtect(): boolean | undefined;
  getDeletedwith(): string;
  getDeletebeforereplace(): boolean;
  getReplaceonchangesList(): string[];
  getIgnorechangesList(): string[];
  getAdditionalsecretoutputsList(): string[];
  getHooks(): { getBeforeCreateList(): string[]; getOnErrorList(): string[] } | undefined;
}

type Done = (error: Error | null, answer: object) => void;

interface Monitor {
  registerResource(request: Request, done: Done): void;
  registerResourceHook(request: unknown, done: Done): void;
  registerErrorHook(request: unknown, done: Done): void;
}

function watchMonitor(registered: Registered[]): void {
  const monitor = pulumi.runtime.getMonitor() as unknown as Monitor;
  const register = monitor.registerResource.bind(monitor);
  monitor.registerResource = (request, done) => {
    registered.push(registration(request));
    register(request, done);
  };
  // The SDK's mock monitor says that it knows resource hooks, but lacks the calls that register them.
  monitor.registerResourceHook = (_request, done) => done(null, {});
  monitor.registerErrorHook = (_request, done) => done(null, {});
}

const nameIn = (urn: string): string => urn.split("::")[3] ?? "";

function registration(request: Request): Registered {
  const inputs = request.getObject().toJavaScript();
  return {
    name: request.getName(),
    type: request.getType(),
    inputs: plainOf(inputs) as Record<string, unknown>,
    shown: maskedOf(inputs),
    secrets: secretsOf(inputs),
    parent: request.getParent().includes("pulumi:pulumi:Stack::") ? "" : nameIn(request.getParent()),
    provider: nameIn(request.getProvider()),
    dependsOn: request.getDependenciesList().map(nameIn),
    protect: request.getProtect() ?? false,
    deletedWith: nameIn(request.getDeletedwith()),
    deleteBeforeReplace: request.getDeletebeforereplace(),
    replaceOnChanges: request.getReplaceonchangesList(),
    ignoreChanges: request.getIgnorechangesList(),
    additionalSecretOutputs: request.getAdditionalsecretoutputsList(),
    beforeCreate: request.getHooks()?.getBeforeCreateList() ?? [],
    onError: request.getHooks()?.getOnErrorList() ?? [],
  };
}

/** The one resource of that name and, where a component shares the name, of that type. */
export function resource(graph: readonly Registered[], name: string, type?: string): Registered {
  const found = graph.filter((candidate) => candidate.name === name && (type === undefined || candidate.type === type));
  if (found.length !== 1) throw new Error(`expected one resource ${name}, found ${found.length}`);
  return found[0] as Registered;
}

/** What index.ts does, as often as a test wants it, with a lock of images of the test's own. */
export function program(lock: ImageLock = {}): unknown {
  const config = loadStackConfig(platformNames);
  return { hosts: deploy(platformNamed(config.platform), config, lock) };
}

/** Shapes of a value that no other text of a stack contains; the first one that the secret's own rule accepts is taken. */
const SHAPES: readonly ((name: string) => string)[] = [
  (name) => `canary-of-${name}'"$x`,
  (name) => `canary-of-${name}`,
  (name) => `sk-canary-of-${name}`,
  (name) => createHash("sha256").update(name).digest("hex"),
  (name) => `123456:canary-of-${name}`,
  (name) => `https://canary-of-${name}`,
  (name) => String(Number(`0x${createHash("sha256").update(name).digest("hex").slice(0, 12)}`)),
];

function canaryOf(secret: SecretDeclaration): string {
  const found = SHAPES.map((shape) => shape(secret.name)).find(
    (value) => readSecret(secret, value).fault === undefined,
  );
  if (found === undefined) throw new Error(`${secret.name} accepts no canary: add a shape that its rule accepts`);
  return found;
}

const canariesOf = (secrets: readonly SecretDeclaration[]): Record<string, string> =>
  Object.fromEntries(secrets.map((secret) => [`secrets:${secret.name}`, canaryOf(secret)]));

/** A token at Hetzner has 64 characters. */
export const TOKEN = "canary-of-hcloudToken".padEnd(64, "-");

const SECRETS = declaredSecrets(vpai).filter(({ name }) => name !== "hcloudToken");

/** What index.ts does with the four services of the first slice alone, whatever else there is. */
export const coreProgram = (): unknown => programOf(["caddy", "n8n", "postgresql", "redis"]);

/** What index.ts does with these services alone. */
export function programOf(names: readonly string[]): unknown {
  const services = vpai.services.filter(({ name }) => names.includes(name));
  return { hosts: deploy({ ...vpai, services }, loadStackConfig(platformNames), {}) };
}

/** A value for each secret of the platform's services. */
export const CANARIES: Readonly<Record<string, string>> = canariesOf(SECRETS);

/** Preprod gets what a person must supply; the stack makes the rest. */
const SUPPLIED = {
  ...canariesOf(SECRETS.filter(({ origin }) => origin === "supplied")),
  "secrets:hcloudToken": TOKEN,
};

const CORE = { "vpai:services": JSON.stringify(["core"]) };
const ALL = { "vpai:services": JSON.stringify(["core", "apps", "monitoring"]) };

/** A graph of prod with every service of the platform. */
export const wholeProd = (): Promise<Registered[]> =>
  graphOf("prod", { ...settingsOf("prod"), ...CANARIES, ...ALL }, program);

/** The settings of prod, with a value for each secret and the group core alone. */
export const coreOfProd: Readonly<Record<string, string>> = { ...settingsOf("prod"), ...CANARIES, ...CORE };

/** The graphs of the three tracked stacks with the first slice alone, which further services do not change. */
export async function coreStacks(): Promise<{ lab: Registered[]; prod: Registered[]; preprod: Registered[] }> {
  const lab = await graphOf("lab", { ...settingsOf("lab"), ...CORE }, coreProgram);
  const prod = await graphOf("prod", coreOfProd, coreProgram);
  const preprod = await graphOf("preprod", { ...settingsOf("preprod"), ...SUPPLIED, ...CORE }, coreProgram);
  return { lab, prod, preprod };
}

export const CONTAINER = "docker:index/container:Container";

/** The container of a service: `sese-ai/n8n`. */
export const container = (graph: readonly Registered[], name: string): Registered => resource(graph, name, CONTAINER);
