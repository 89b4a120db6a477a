import path from "node:path";
import { buildMissing } from "../../../toolchain/build";
import { projectRoot } from "../../../toolchain/environment";
import { pluginPieces } from "../../../toolchain/pieces";
import type { PluginName } from "../../../toolchain/pins";
import { run } from "../../../toolchain/run";
import { readSdk, type SdkShapes, type Shape } from "./sdk-properties";

/** Milliseconds that building a plugin may take. */
export const BUILD_TIMEOUT = 600_000;

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

/** How a plugin that is built here and the npm package of its name differ. Properties are named `Container.image`. */
export interface Comparison {
  /** The plugin's version. */
  version: string;
  sdk: SdkShapes;
  /** What the plugin has: resources, functions, and `Provider`. */
  served: string[];
  /** Resources and functions that the SDK has and the plugin lacks. */
  lacking: string[];
  /** Inputs that the plugin lacks, or that only one of both requires. */
  missingInputs: string[];
  /** Inputs that the SDK lacks: no program can set them. */
  invisibleInputs: Record<string, string[]>;
  missingOutputs: string[];
  lackingTypes: string[];
  /** Properties of nested types that the plugin lacks, or that only one of both requires. */
  missingInTypes: string[];
}

/** Builds a bridged plugin, unless it is there, and compares its schema with the declarations of its npm package. */
export async function compareWithSdk(name: PluginName): Promise<Comparison> {
  const schema = await readSchema(name);
  const sdk = readSdk(path.join(projectRoot, "node_modules", "@pulumi", name));
  const [inputs, outputs, types] = [pluginInputs(schema), pluginOutputs(schema), pluginTypes(schema)];
  const nested = new Map([...sdk.nested].map(([type, wanted]) => [type.replace(/Args$/, ""), wanted] as const));
  return {
    version: schema.version,
    sdk,
    served: [...inputs.keys()].sort(),
    lacking: difference(new Set(sdk.inputs.keys()), new Set(inputs.keys())),
    missingInputs: missing(sdk.inputs, (type) => inputs.get(type)),
    invisibleInputs: Object.fromEntries(
      [...sdk.inputs].flatMap(([type, wanted]) => {
        const more = difference(inputs.get(type) ?? new Set(), wanted);
        return more.length > 0 ? [[type, more] as const] : [];
      }),
    ),
    missingOutputs: missing(unmarked(sdk.outputs), (type) => unmarked(outputs).get(type)),
    lackingTypes: [...sdk.nested.keys()].filter((type) => !types.has(type.replace(/Args$/, "").toLowerCase())).sort(),
    missingInTypes: missing(nested, (type) => types.get(type.toLowerCase())),
  };
}

async function readSchema(name: PluginName): Promise<PackageSchema> {
  const [piece] = pluginPieces([name]);
  await buildMissing(piece?.binaries ?? []);
  const program = piece?.binaries.find(({ file }) => path.basename(file) === `pulumi-resource-${name}`)?.file ?? "";
  const { code, stdout, stderr } = await run(program, ["--schema"]);
  if (code !== 0) throw new Error(`${program} --schema ended with ${code}: ${stderr}`);
  return JSON.parse(stdout) as PackageSchema;
}

/** `docker:index/container:Container` is `Container`; types of functions differ in the first letter's case. */
const lastPart = (token: string): string => token.slice(token.lastIndexOf(":") + 1);

function shape(properties: Record<string, unknown> = {}, required: string[] = []): Shape {
  return new Set(Object.keys(properties).map((name) => (required.includes(name) ? name : `${name}?`)));
}

function pluginInputs({ provider, resources, functions }: PackageSchema): Map<string, Shape> {
  return new Map([
    ["Provider", shape(provider.inputProperties, provider.requiredInputs)],
    ...Object.entries(resources).map(
      ([token, resource]) => [lastPart(token), shape(resource.inputProperties, resource.requiredInputs)] as const,
    ),
    ...Object.entries(functions).map(
      ([token, { inputs }]) => [lastPart(token), shape(inputs?.properties, inputs?.required)] as const,
    ),
  ]);
}

function pluginOutputs({ resources, functions }: PackageSchema): Map<string, Shape> {
  return new Map([
    ...Object.entries(resources).map(([token, { properties }]) => [lastPart(token), shape(properties)] as const),
    ...Object.entries(functions).map(([token, { outputs }]) => [lastPart(token), shape(outputs?.properties)] as const),
  ]);
}

function pluginTypes({ types }: PackageSchema): Map<string, Shape> {
  return new Map(
    Object.entries(types).map(
      ([token, type]) => [lastPart(token).toLowerCase(), shape(type.properties, type.required)] as const,
    ),
  );
}

const unmarked = (shapes: Map<string, Shape>): Map<string, Shape> =>
  new Map([...shapes].map(([type, names]) => [type, new Set([...names].map((name) => name.replace("?", "")))]));

const difference = (left: Shape, right: Shape): string[] => [...left].filter((name) => !right.has(name)).sort();

/** What is wanted and not offered, of the types that are offered at all. */
function missing(wanted: Map<string, Shape>, offered: (type: string) => Shape | undefined): string[] {
  return [...wanted].flatMap(([type, names]) => {
    const found = offered(type);
    return found ? difference(names, found).map((name) => `${type}.${name}`) : [];
  });
}
