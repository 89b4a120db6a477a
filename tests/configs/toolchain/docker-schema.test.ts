import path from "node:path";
import { buildMissing } from "../../../toolchain/build";
import { projectRoot } from "../../../toolchain/environment";
import { pluginPieces } from "../../../toolchain/pieces";
import { run } from "../../../toolchain/run";
import { readSdk, type SdkShapes, type Shape } from "./sdk-properties";

/** What the SDK has and the plugin lacks, each with the reason. */
const lacking: Record<string, string> = {
  "resource Image": "builds images by itself; the Terraform provider has no such resource, and the plugin rejects it",
  "type CacheFrom": "only used by Image",
  "type DockerBuild": "only used by Image",
  "type Registry": "only used by Image",
};

/** Inputs that the plugin has and the SDK lacks: no program can set them. */
const invisible = {
  BuildxBuilder: ["buildxBuilderId?"],
  Container: ["containerId?", "timeouts?"],
  Network: ["networkId?"],
  Plugin: ["pluginId?"],
  RegistryImage: ["registryImageId?", "timeouts?"],
  RemoteImage: ["timeouts?"],
  Secret: ["secretId?"],
  Service: ["serviceId?"],
  ServiceConfig: ["configId?"],
  Tag: ["tagId?"],
  Volume: ["volumeId?"],
  getLogs: ["id?"],
  getRegistryImage: ["id?"],
  getRegistryImageManifests: ["id?"],
  getRemoteImage: ["id?"],
};

/** A nested type that only the engine fills in: the SDK makes all of it optional. */
const onlyRead = ["ContainerNetworkData"];

interface ObjectSchema {
  properties?: Record<string, unknown>;
  required?: string[];
}

interface ResourceSchema extends ObjectSchema {
  inputProperties?: Record<string, unknown>;
  requiredInputs?: string[];
}

interface PackageSchema {
  version: string;
  provider: ResourceSchema;
  resources: Record<string, ResourceSchema>;
  functions: Record<string, { inputs?: ObjectSchema; outputs?: ObjectSchema }>;
  types: Record<string, ObjectSchema>;
}

/** `docker:index/container:Container` is `Container`; types of functions differ in the first letter's case. */
const lastPart = (token: string): string => token.slice(token.lastIndexOf(":") + 1);

function shape(properties: Record<string, unknown> = {}, required: string[] = []): Shape {
  return new Set(Object.keys(properties).map((name) => (required.includes(name) ? name : `${name}?`)));
}

const withoutMarks = (names: Shape): Shape => new Set([...names].map((name) => name.replace("?", "")));

const difference = (left: Shape, right: Shape): string[] => [...left].filter((name) => !right.has(name)).sort();

describe("the Docker provider that is built here and the npm package @pulumi/docker", () => {
  let schema: PackageSchema;
  let sdk: SdkShapes;

  beforeAll(async () => {
    const docker = pluginPieces().find(({ name }) => name === "docker");
    await buildMissing(docker?.binaries ?? []);
    const program = docker?.binaries.find(({ file }) => path.basename(file) === "pulumi-resource-docker")?.file ?? "";
    const { code, stdout, stderr } = await run(program, ["--schema"]);
    if (code !== 0) throw new Error(`${program} --schema ended with ${code}: ${stderr}`);
    schema = JSON.parse(stdout) as PackageSchema;
    sdk = readSdk(path.join(projectRoot, "node_modules", "@pulumi", "docker"));
  }, 600_000);

  const pluginInputs = (): Map<string, Shape> =>
    new Map([
      ["Provider", shape(schema.provider.inputProperties, schema.provider.requiredInputs)],
      ...Object.entries(schema.resources).map(
        ([token, resource]) => [lastPart(token), shape(resource.inputProperties, resource.requiredInputs)] as const,
      ),
      ...Object.entries(schema.functions).map(
        ([token, { inputs }]) => [lastPart(token), shape(inputs?.properties, inputs?.required)] as const,
      ),
    ]);

  const pluginOutputs = (): Map<string, Shape> =>
    new Map([
      ...Object.entries(schema.resources).map(
        ([token, { properties }]) => [lastPart(token), shape(properties)] as const,
      ),
      ...Object.entries(schema.functions).map(
        ([token, { outputs }]) => [lastPart(token), shape(outputs?.properties)] as const,
      ),
    ]);

  it("have the same version", () => {
    expect(schema.version).toBe("5.2.0");
  });

  it("have the same resources and functions, but for known ones", () => {
    expect([...pluginInputs().keys()].sort()).toEqual(
      [
        ...["BuildxBuilder", "Container", "Network", "Plugin", "Provider", "RegistryImage", "RemoteImage", "Secret"],
        ...["Service", "ServiceConfig", "Tag", "Volume"],
        ...["getLogs", "getNetwork", "getPlugin", "getRegistryImage", "getRegistryImageManifests", "getRemoteImage"],
      ].sort(),
    );
    const unknown = difference(new Set(sdk.inputs.keys()), new Set(pluginInputs().keys()));
    expect(unknown.map((name) => `resource ${name}`)).toEqual(
      Object.keys(lacking).filter((key) => key.startsWith("resource")),
    );
  });

  it("have the same inputs, required and optional alike", () => {
    const plugin = pluginInputs();
    const missing: string[] = [];
    const extra: Record<string, string[]> = {};
    for (const [name, wanted] of sdk.inputs) {
      const offered = plugin.get(name);
      if (!offered) continue;
      missing.push(...difference(wanted, offered).map((property) => `${name}.${property}`));
      const more = difference(offered, wanted);
      if (more.length > 0) extra[name] = more;
    }
    expect(missing).toEqual([]);
    expect(extra).toEqual(invisible);
    expect(sdk.inputs.get("Container")).toContain("image");
    expect(sdk.inputs.get("Container")).toContain("networksAdvanced?");
  });

  it("have the same outputs", () => {
    const plugin = pluginOutputs();
    const missing: string[] = [];
    for (const [name, wanted] of sdk.outputs) {
      const offered = plugin.get(name);
      if (offered) missing.push(...difference(withoutMarks(wanted), withoutMarks(offered)).map((p) => `${name}.${p}`));
    }
    expect(missing).toEqual([]);
    expect(sdk.outputs.get("Container")).toContain("networkDatas");
  });

  it("have the same nested types, but for known ones", () => {
    const types = Object.entries(schema.types).map(
      ([token, type]) => [lastPart(token).toLowerCase(), shape(type.properties, type.required)] as const,
    );
    const plugin = new Map<string, Shape>(types);
    const unknown: string[] = [];
    const missing: string[] = [];
    for (const [name, wanted] of sdk.nested) {
      const offered = plugin.get(name.replace(/Args$/, "").toLowerCase());
      if (!offered) unknown.push(`type ${name}`);
      else if (!onlyRead.includes(name))
        missing.push(...difference(wanted, offered).map((property) => `${name}.${property}`));
    }
    expect(unknown.sort()).toEqual(
      Object.keys(lacking)
        .filter((key) => key.startsWith("type"))
        .sort(),
    );
    expect(missing).toEqual([]);
    expect(sdk.nested.get("ContainerUpload")).toContain("permissions?");
  });
});
