import type { CustomResourceOptions } from "@pulumi/pulumi";
import { removeAgainAfterError } from "./failed-removal";
import { type FindRunner, type Named, sweepBeforeCreate } from "./leftovers";

/**
 * Options of what Docker knows by a name that only one may have: leftovers go before it is made, it goes before its
 * replacement comes, and where that fails it is tried again.
 * @param resource name of the resource
 */
export const ofFixedName = (resource: string, target: Named, runner: FindRunner) =>
  ({
    deleteBeforeReplace: true,
    hooks: {
      beforeCreate: [sweepBeforeCreate(resource, target, runner)],
      onError: [removeAgainAfterError(resource)],
    },
  }) satisfies CustomResourceOptions;
