import { pulumiEnvironment } from "../../toolchain/environment";
import { type Captured, capturePulumi, prepareStack } from "../stack/pulumi";
import { hasErrors } from "./diagnostics";
import { parsePreview, type PulumiPreviewJson } from "./preview";
import { secretsOfConfig, secretsOfEnvironment } from "./secrets/values";

/** A preview that has ended. */
export interface PreviewRun {
  preview: PulumiPreviewJson;
  /** What `pulumi preview` ended with; not 0 when the preview failed. */
  exitCode: number;
  /** The stack's secrets and those of the environment, in plain text: only to mask them. */
  secretValues: string[];
}

/**
 * Previews a stack. It reaches no host. A preview that fails, even before it starts (a wrong passphrase, an unknown
 * stack), gives a result with the error among its diagnostics.
 *
 * @param configFile stack file to use in place of `Pulumi.<stack>.yaml`
 */
export async function runPreview(stack: string, configFile?: string): Promise<PreviewRun> {
  try {
    await prepareStack(stack);
  } catch (error) {
    return { preview: failure(String(error)), exitCode: 1, secretValues: secretsOfEnvironment(process.env) };
  }
  const given = secretsOfEnvironment(pulumiEnvironment(stack));
  const config = await capturePulumi(stack, ["config", "--show-secrets", "--json", ...common(stack, configFile)]);
  const secretValues = [...given, ...(config.exitCode === 0 ? secretsOfConfig(config.stdout) : [])];
  const run = await capturePulumi(stack, [
    "preview",
    "--json",
    "--show-replacement-steps",
    ...common(stack, configFile),
  ]);
  const preview = previewOf(run);
  return { preview, exitCode: run.exitCode || Number(hasErrors(preview)), secretValues };
}

const common = (stack: string, configFile: string | undefined): string[] => [
  "--stack",
  stack,
  "--non-interactive",
  ...(configFile === undefined ? [] : ["--config-file", configFile]),
];

/** The preview that a run printed; a run that printed none, or a part of one, becomes one that holds its error. */
export function previewOf({ exitCode, stdout, stderr }: Captured): PulumiPreviewJson {
  try {
    return parsePreview(stdout);
  } catch (error) {
    // A part of a preview tells a person nothing.
    const printed = /^\s*\{/m.test(stdout) ? (error as Error).message : stdout;
    const said = `${stderr}\n${printed}`.trim();
    return failure(said === "" ? `pulumi preview ended with exit code ${exitCode} and said nothing` : said);
  }
}

/** All of what was said: it is cut when it is shown, after its secrets were masked. */
const failure = (message: string): PulumiPreviewJson => ({ diagnostics: [{ severity: "error", message }] });
