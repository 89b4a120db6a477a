import { z } from "zod";

/** A setting that is true or false; Pulumi hands it over as text. */
export const flag = (byDefault: boolean) =>
  z.stringbool({ truthy: ["true"], falsy: ["false"], case: "sensitive", error: "true or false" }).default(byDefault);
