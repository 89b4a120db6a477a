export interface RequiredPlugin {
  name: string;
  version: string;
  server: string;
}
export function requiredPlugins(directory: string): RequiredPlugin[];
export function pluginOf(manifest: Record<string, unknown>): RequiredPlugin | undefined;
export function readManifest(location: string): Record<string, unknown> | undefined;
