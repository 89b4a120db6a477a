import { z } from "zod";
import { expectForm } from "../../model/foreign-json";
import { stateSchema } from "../engine/exported";
import { pulumiJson } from "../engine/pulumi-json";

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

/** The engine leaves out what is empty, yet a preview has at least one of these; what else prints JSON has none. */
const isPreview = (object: object): boolean =>
  ["steps", "diagnostics", "changeSummary"].some((key) => Object.hasOwn(object, key));

/**
 * Finds the preview in the output of `pulumi preview --json`, whatever else was printed before and after it.
 *
 * @throws Error when the text holds no whole preview, or several; it never quotes the text, which may hold secrets.
 */
export function parsePreview(text: string): PulumiPreviewJson {
  const found = pulumiJson(text, "pulumi preview --json", isPreview);
  return expectForm(previewSchema, found, "the output of `pulumi preview --json`");
}
