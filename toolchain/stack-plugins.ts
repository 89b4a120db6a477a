import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { parseDocument } from "yaml";
import { projectRoot } from "./environment";
import { pluginNames, type PluginName } from "./pins";

/** Plugins that only machines of one kind need; every stack needs the others. bootstrap.sh knows of them, too. */
const ofMachines: Partial<Record<PluginName, string>> = { hcloud: "hcloud" };

interface StackFile {
  config?: Record<string, unknown>;
}

/** The plugins that a stack's resources need, as its `Pulumi.<stack>.yaml` says. */
export function pluginsOf(stack: string): PluginName[] {
  const file = path.join(projectRoot, `Pulumi.${stack}.yaml`);
  return pluginsFor(existsSync(file) ? readFileSync(file, "utf8") : "");
}

/** `pluginsOf` for the text of a stack's file. What is wrong in it is for the program to say. */
export function pluginsFor(text: string): PluginName[] {
  const document = parseDocument(text);
  const { config } = ((document.errors.length === 0 ? document.toJS() : {}) ?? {}) as StackFile;
  const hosts = (config?.["vpai:hosts"] ?? {}) as Record<string, { machine?: { kind?: string } } | null>;
  const kinds = Object.values(hosts).map((host) => host?.machine?.kind);
  return pluginNames.filter((name) => ofMachines[name] === undefined || kinds.includes(ofMachines[name]));
}
