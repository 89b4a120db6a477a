import { z } from "zod";
import { closest } from "../suggestion";

/**
 * An object that knows all its keys. For unknown ones the error text has one line per key, in zod's order:
 * the closest known key, or all of them.
 */
export const settings = <Shape extends z.core.$ZodLooseShape>(shape: Shape) =>
  z.strictObject(shape, {
    error: (issue) => {
      if (issue.code !== "unrecognized_keys")
        return `a structured value with the keys ${Object.keys(shape).join(", ")}`;
      return issue.keys.map((key) => closest(key, Object.keys(shape))).join("\n");
    },
  });

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

/** The same schema under each of the names, every one optional. */
export const named = <Schema extends z.ZodType>(names: readonly string[], schema: Schema) =>
  settings(Object.fromEntries(names.map((name) => [name, schema.exactOptional()]))) as unknown as z.ZodType<
    Record<string, z.output<Schema>>
  >;
