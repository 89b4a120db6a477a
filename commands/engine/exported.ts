import { z } from "zod";
import { expectForm } from "../../model/foreign-json";
import { pulumiJson } from "./pulumi-json";

/** One resource in the state file's form. Only what is shown is named; the engine writes more. */
export const stateSchema = z.looseObject({
  urn: z.string(),
  type: z.string(),
  custom: z.boolean().optional(),
  id: z.string().optional(),
  parent: z.string().optional(),
  provider: z.string().optional(),
  dependencies: z.array(z.string()).nullish(),
  propertyDependencies: z.record(z.string(), z.array(z.string()).nullable()).nullish(),
  deletedWith: z.string().optional(),
  protect: z.boolean().optional(),
  retainOnDelete: z.boolean().optional(),
  inputs: z.record(z.string(), z.unknown()).optional(),
  outputs: z.record(z.string(), z.unknown()).optional(),
});

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
