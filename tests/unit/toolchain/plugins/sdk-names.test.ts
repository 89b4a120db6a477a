import { readFileSync } from "node:fs";
import path from "node:path";
import { declaredConfig, declaredResource, sdkVersion } from "./sdk-declarations";
import { projectRoot } from "../../../../toolchain/environment";

/** What a plugin serves: its own description, which its Go tests keep current. */
interface Served {
  readonly config: Record<string, string>;
  readonly resources: Record<string, { inputs: Record<string, string>; outputs: Record<string, string> }>;
  readonly types: Record<string, Record<string, string>>;
}

function served(plugin: string): Served {
  const file = path.join(projectRoot, "toolchain", "plugins", "schema", `${plugin}.json`);
  return JSON.parse(readFileSync(file, "utf8")) as Served;
}

/** The served names of a resource's inputs, nested ones as `connection.host`. */
function servedInputs(plugin: Served, properties: Record<string, string>): string[] {
  return Object.entries(properties).flatMap(([name, type]) => {
    const nested = plugin.types[type.replace(/ .*|\[\]/g, "")];
    return [name, ...(nested ? servedInputs(plugin, nested).map((inner) => `${name}.${inner}`) : [])];
  });
}

const sdkDirectory = (plugin: string) => path.join(projectRoot, "node_modules", "@pulumi", plugin);

/** How what is served and what an SDK declares differ, by resource. */
interface Differences {
  /** Names that the SDK has and the plugin refuses. */
  readonly refused: Record<string, string[]>;
  /** Names that the plugin serves and the SDK lacks. */
  readonly unknown: Record<string, string[]>;
}

function differences(plugin: string): Differences {
  const description = served(plugin);
  const refused: Record<string, string[]> = {};
  const unknown: Record<string, string[]> = {};
  const record = (into: Record<string, string[]>, token: string, names: string[]) => {
    if (names.length > 0) into[token] = names.sort();
  };
  for (const [token, resource] of Object.entries(description.resources)) {
    const declared = declaredResource(sdkDirectory(plugin), token);
    if (!declared) throw new Error(`@pulumi/${plugin} has no resource ${token}, but the plugin serves it`);
    const inputs = servedInputs(description, resource.inputs);
    const outputs = Object.keys(resource.outputs);
    record(refused, token, withoutNestedOf(missing(declared.inputs, inputs)));
    record(unknown, token, [...new Set([...missing(inputs, declared.inputs), ...missing(outputs, declared.outputs)])]);
  }
  return { refused, unknown };
}

const missing = (names: readonly string[], from: readonly string[]) => names.filter((name) => !from.includes(name));

/** Drops `proxy.host` where `proxy` is named already. */
const withoutNestedOf = (names: string[]) =>
  names.filter((name) => !names.some((other) => name.startsWith(`${other}.`)));

/**
 * The differences that are meant, by SDK and version. A new version of an SDK needs an entry of its own: read its
 * declarations, and either serve what is new or write down here that it is refused.
 */
const meant: Record<string, Record<string, Differences>> = {
  random: { "4.21.2": { refused: {}, unknown: {} } },
  command: {
    "1.2.1": { refused: { "command:local:Command": ["archivePaths", "assetPaths"] }, unknown: {} },
  },
};

describe.each(Object.keys(meant))("the %s plugin", (plugin) => {
  const version = sdkVersion(sdkDirectory(plugin));

  test(`differs from npm @pulumi/${plugin} ${version} only where that is meant`, () => {
    expect(Object.keys(meant[plugin] ?? {})).toContain(version);
    expect(differences(plugin)).toEqual(meant[plugin]?.[version]);
  });

  test("takes only configuration that the SDK's provider takes", () => {
    expect(missing(Object.keys(served(plugin).config), declaredConfig(sdkDirectory(plugin)))).toEqual([]);
  });
});

test("the declarations are really read", () => {
  const declared = declaredResource(sdkDirectory("command"), "command:remote:Command");
  expect(declared?.inputs).toEqual(expect.arrayContaining(["create", "connection.host", "connection.proxy.host"]));
  expect(declared?.outputs).toEqual(expect.arrayContaining(["stdout", "connection"]));
  expect(declaredConfig(sdkDirectory("hcloud"))).toEqual(expect.arrayContaining(["token", "endpoint"]));
  expect(declaredResource(sdkDirectory("random"), "random:index/randomNothing:RandomNothing")).toBeUndefined();
});

test("each plugin serves the one resource that the program uses", () => {
  expect(Object.keys(meant).flatMap((plugin) => Object.keys(served(plugin).resources))).toEqual([
    "random:index/randomPassword:RandomPassword",
    "command:local:Command",
  ]);
});
