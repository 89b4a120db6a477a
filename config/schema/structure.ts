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

/** The same schema under each of the names, every one optional. */
export const named = <Schema extends z.ZodType>(names: readonly string[], schema: Schema) =>
  settings(Object.fromEntries(names.map((name) => [name, schema.exactOptional()]))) as unknown as z.ZodType<
    Record<string, z.output<Schema>>
  >;
