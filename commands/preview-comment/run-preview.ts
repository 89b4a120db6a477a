import { type Captured, capturePulumi, prepareStack } from "../pulumi";
import { shorten } from "./markdown";
import { parsePreview, type PulumiPreviewJson } from "./preview";
import { secretsOfConfig, secretsOfEnvironment } from "./secret-values";

export interface PreviewRun {
  preview: PulumiPreviewJson;
  /** What `pulumi preview` ended with; not 0 when the preview failed. */
  exitCode: number;
  /** The stack's secrets and those of the environment, in plain text: only to mask them. */
  secretValues: string[];
}

/** Longest piece of the engine's own output that goes into a report of a failed start, in characters. */
const LONGEST_OUTPUT = 3000;

/**
 * Previews a stack. It reaches no host. A preview that fails, even before it starts (a wrong passphrase, an unknown
 * stack), gives a result with the error among its diagnostics.
 *
 * @param configFile stack file to use in place of `Pulumi.<stack>.yaml`
 */
export async function runPreview(stack: string, configFile?: string): Promise<PreviewRun> {
  const ofEnvironment = secretsOfEnvironment(process.env);
  try {
    await prepareStack(stack);
  } catch (error) {
    return { preview: failure(String(error)), exitCode: 1, secretValues: ofEnvironment };
  }
  const config = await capturePulumi(stack, ["config", "--show-secrets", "--json", ...common(stack, configFile)]);
  const secretValues = [...ofEnvironment, ...(config.exitCode === 0 ? secretsOfConfig(config.stdout) : [])];
  const run = await capturePulumi(stack, [
    "preview",
    "--json",
    "--show-replacement-steps",
    ...common(stack, configFile),
  ]);
  return { preview: previewOf(run), exitCode: run.exitCode, secretValues };
}

const common = (stack: string, configFile: string | undefined): string[] => [
  "--stack",
  stack,
  "--non-interactive",
  ...(configFile === undefined ? [] : ["--config-file", configFile]),
];

/** The preview that a run printed; a run that ended before it printed any becomes one that holds its error. */
export function previewOf({ exitCode, stdout, stderr }: Captured): PulumiPreviewJson {
  if (stdout.trimStart().startsWith("{")) return parsePreview(stdout);
  const said = `${stderr}\n${stdout}`.trim();
  return failure(said === "" ? `pulumi preview ended with exit code ${exitCode} and said nothing` : said);
}

const failure = (message: string): PulumiPreviewJson => ({
  diagnostics: [{ severity: "error", message: shorten(message, LONGEST_OUTPUT) }],
});
