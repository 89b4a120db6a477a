import { readFileSync } from "node:fs";
import path from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { parse } from "yaml";

/** A resource as the program registered it. */
export interface Registered {
  name: string;
  type: string;
  inputs: Record<string, unknown>;
}

const ROOT = path.join(__dirname, "../../..");

/** Values that providers would give; everything else echoes its inputs. */
function outputsOf({ type, name, inputs }: pulumi.runtime.MockResourceArgs): Record<string, unknown> {
  const given = inputs as Record<string, unknown>;
  switch (type) {
    case "random:index/randomPassword:RandomPassword":
      return { ...given, result: `random-${name}` };
    case "pulumi-nodejs:dynamic/vpai/host:SshKey":
      return { ...given, publicKey: `ssh-ed25519 ${Buffer.from(name).toString("base64")}`, privateKey: `private-${name}` };
    case "pulumi-nodejs:dynamic/vpai/host:DockerHost":
      return { ...given, endpoint: `ssh://${name}` };
    case "docker:index/remoteImage:RemoteImage":
      return { ...given, imageId: `sha256:${name}` };
    case "command:local:Command":
      return { ...given, stdout: `stdout of ${name}` };
    case "hcloud:index/server:Server":
      return { ...given, ipv4Address: "203.0.113.10" };
    default:
      return { ...given };
  }
}

/** Runs the program for a stack with its tracked stack file, over mocks, and gives every resource. */
export async function graphOf(stack: string, extra: Record<string, string> = {}): Promise<Registered[]> {
  const registered: Registered[] = [];
  await pulumi.runtime.setMocks(
    {
      newResource: (args) => {
        registered.push({ name: args.name, type: args.type, inputs: args.inputs as Record<string, unknown> });
        return { id: `id-of-${args.name}`, state: outputsOf(args) };
      },
      call: ({ inputs }) => inputs as Record<string, unknown>,
    },
    "vpai",
    stack,
    true,
  );
  acceptHooks();
  const settings = (parse(readFileSync(path.join(ROOT, `Pulumi.${stack}.yaml`), "utf8")) as { config: Record<string, unknown> }).config;
  const values = Object.fromEntries(Object.entries(settings).map(([key, value]) => [key, typeof value === "object" ? JSON.stringify(value) : String(value)]));
  const secrets = Object.keys(extra).filter((key) => key.startsWith("secrets:"));
  pulumi.runtime.setAllConfig({ ...values, ...extra }, secrets);
  await pulumi.runtime.runInPulumiStack(async () => (await import("../../../index.js")) as unknown as Record<string, unknown>);
  await pulumi.runtime.disconnect();
  return registered;
}

/** The SDK's mock monitor says that it knows resource hooks, but lacks the call that registers one. */
function acceptHooks(): void {
  const monitor = pulumi.runtime.getMonitor() as unknown as Record<string, unknown>;
  monitor["registerResourceHook"] = (_request: unknown, done: (error: null, answer: object) => void) => done(null, {});
}

/** The one resource of that name. */
export function resource(graph: readonly Registered[], name: string, type?: string): Registered {
  const found = graph.filter((candidate) => candidate.name === name && (type === undefined || candidate.type === type));
  if (found.length !== 1) throw new Error(`expected one resource ${name}, found ${found.length}`);
  return found[0] as Registered;
}
