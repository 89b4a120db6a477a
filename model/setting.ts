import { z } from "zod";

/** A setting that is true or false; Pulumi hands it over as text. */
export const flag = (byDefault: boolean) =>
  z.stringbool({ truthy: ["true"], falsy: ["false"], case: "sensitive", error: "true or false" }).default(byDefault);

/** A setting that is a text of some form. @param expected what an error says of a missing or wrong one */
export const matching = (expected: string, pattern: RegExp) =>
  z.string({ error: expected }).regex(pattern, { error: expected });

/** A Pulumi config value that is structured: Pulumi hands it over as JSON text. */
export const structured = <Schema extends z.ZodType>(expected: string, schema: Schema) =>
  z
    .string({ error: expected })
    .transform((json, context) => {
      try {
        return JSON.parse(json) as unknown;
      } catch {
        // The parser's own message quotes the text.
        context.addIssue({ code: "custom", message: `${expected}, written as YAML structure (JSON)`, input: json });
        return z.NEVER;
      }
    })
    .pipe(schema);
