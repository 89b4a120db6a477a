import { z } from "zod";

/** One resource in the state file's form. Only what is shown is named; the engine writes more. */
const stateSchema = z.looseObject({
  urn: z.string(),
  type: z.string(),
  custom: z.boolean().optional(),
  id: z.string().optional(),
  parent: z.string().optional(),
  protect: z.boolean().optional(),
  retainOnDelete: z.boolean().optional(),
  inputs: z.record(z.string(), z.unknown()).optional(),
  outputs: z.record(z.string(), z.unknown()).optional(),
});

const stepSchema = z.looseObject({
  op: z.string(),
  urn: z.string(),
  oldState: stateSchema.nullish(),
  newState: stateSchema.nullish(),
  diffReasons: z.array(z.string()).nullish(),
  replaceReasons: z.array(z.string()).nullish(),
  detailedDiff: z.record(z.string(), z.looseObject({ kind: z.string(), inputDiff: z.boolean() })).nullish(),
});

const diagnosticSchema = z.looseObject({
  urn: z.string().optional(),
  message: z.string().optional(),
  severity: z.string().optional(),
});

const previewSchema = z.looseObject({
  steps: z.array(stepSchema).nullish(),
  diagnostics: z.array(diagnosticSchema).nullish(),
  changeSummary: z.record(z.string(), z.number()).nullish(),
});

/** What `pulumi preview --json` prints (the engine's `PreviewDigest`). */
export type PulumiPreviewJson = z.infer<typeof previewSchema>;
export type PreviewStep = z.infer<typeof stepSchema>;
export type ResourceState = z.infer<typeof stateSchema>;
export type Diagnostic = z.infer<typeof diagnosticSchema>;

/**
 * Reads the output of `pulumi preview --json`.
 *
 * @throws Error when the text is no JSON object of that form; it never quotes the text, which may hold secrets.
 */
export function parsePreview(text: string): PulumiPreviewJson {
  const parsed = previewSchema.safeParse(parseJson(text));
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map((issue) => `${issue.path.join(".") || "(top)"}: ${issue.message}`);
  throw new Error(`expected the output of \`pulumi preview --json\`, found another form: ${problems.join("; ")}`);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw new Error(
      `expected the output of \`pulumi preview --json\`, found ${text.length} characters that are no JSON; ` +
        "run `pulumi preview --json` by hand to see what it says",
    );
  }
}
