export interface RuntimeOptions {
  typescript: boolean;
  tsconfig: string | undefined;
  nodeargs: string[];
}
export function parseOptions(options: Record<string, unknown>): RuntimeOptions;
export function splitArguments(line: string): string[];
