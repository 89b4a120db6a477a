import { capturePulumi, pulumiOutput } from "../stack/pulumi";
import { previewOf } from "../preview-comment/run-preview";
import { exportedState } from "../engine/exported";
import { causeOf } from "../summary/cause";
import { plannedIn, type Resource, resourcesIn } from "./resources";

/** What a run would do with each resource of a stack. @throws with the errors of the preview that tells it */
export async function plannedResources(stack: string): Promise<Resource[]> {
  const run = await capturePulumi(stack, [
    ...["preview", "--json", "--show-sames", "--non-interactive"],
    ...["--stack", stack],
  ]);
  const preview = previewOf(run);
  const errors = (preview.diagnostics ?? []).filter(({ severity }) => severity === "error");
  if (run.exitCode === 0 && errors.length === 0) return plannedIn(preview);
  const causes = [...new Set(errors.map(({ message = "" }) => causeOf(message)))];
  throw new Error(`what is to be left cannot be told, as the preview failed:\n${causes.join("\n")}`);
}

/** Every resource that a stack's state has. */
export async function stateResources(stack: string): Promise<Resource[]> {
  const printed = await pulumiOutput(stack, "stack", "export", "--stack", stack);
  return resourcesIn(exportedState(printed));
}
