import { type CustomResourceOptions, ErrorHook } from "@pulumi/pulumi";
import { whileUnderWay } from "./end-program";
import { type FindRunner, type Named, sweepBeforeCreate } from "./leftovers";
import { tryAgain } from "./try-again";

/**
 * Options of what Docker knows by a name that only one may have: leftovers go before it is made, it goes before its
 * replacement comes, and what fails is tried again.
 * @param resource name of the resource
 * @param givenUp what is left to do when it could not be created for good
 */
export const ofFixedName = (
  resource: string,
  target: Named,
  runner: FindRunner,
  givenUp: () => Promise<void> = () => Promise.resolve(),
) =>
  ({
    deleteBeforeReplace: true,
    hooks: {
      beforeCreate: [sweepBeforeCreate(resource, target, runner)],
      onError: [
        new ErrorHook(`try ${resource} again`, (failure) =>
          whileUnderWay(() => tryAgain(target, runner, givenUp)(failure)),
        ),
      ],
    },
  }) satisfies CustomResourceOptions;
