import { z } from "zod";
import { expectForm } from "../../model/foreign-json";
import { stateSchema } from "../preview-comment/preview";
import { pulumiJson } from "../engine/pulumi-json";

const exportSchema = z.looseObject({
  deployment: z
    .looseObject({
      resources: z.array(stateSchema).nullish(),
      pending_operations: z.array(z.looseObject({ type: z.string() })).nullish(),
    })
    .nullish(),
});

/** A stack's state, as far as it is looked at; there is more in it. */
export type ExportedState = z.infer<typeof exportSchema>;

/** @param printed by `pulumi stack export` @throws where it is something else; what is said quotes nothing of it */
export const exportedState = (printed: string): ExportedState =>
  expectForm(exportSchema, pulumiJson(printed, "pulumi stack export"), "the output of `pulumi stack export`");
