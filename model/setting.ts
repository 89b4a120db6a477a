import { z } from "zod";

/** A setting that is true or false; Pulumi hands it over as text. */
export const flag = (byDefault: boolean) =>
  z.stringbool({ truthy: ["true"], falsy: ["false"], case: "sensitive", error: "true or false" }).default(byDefault);

/** A setting that is a text of some form. @param expected what an error says of a missing or wrong one */
export const matching = (expected: string, pattern: RegExp) =>
  z.string({ error: expected }).regex(pattern, { error: expected });
