import { ResourceHook } from "@pulumi/pulumi";
import { expectMemoryFor } from "@vpai/providers";
import type { FindRunner } from "../docker/leftovers";

/**
 * A hook that runs before a running container is changed in place: a memory limit below what it uses is refused.
 * @param resource name of the resource, for the hook's own name
 */
export const keepEnoughMemory = (resource: string, container: string, runner: FindRunner): ResourceHook =>
  new ResourceHook(`see that the memory of ${resource} is enough`, async ({ newInputs, oldInputs }) => {
    const [limit, before] = [newInputs, oldInputs].map((inputs) => Number(inputs?.["memory"]));
    if (limit !== undefined && before !== undefined && limit < before)
      await expectMemoryFor(await runner(), container, limit);
  });
