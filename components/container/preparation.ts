import { type Output, type Resource, runtime } from "@pulumi/pulumi";
import { UserError } from "../../model/finding";
import { known } from "../known";

/**
 * What has to be on a stack's hosts before the first container is made or replaced: every image and every file. Where one of
 * them cannot be had, no container is touched, its own or another one.
 */
export class Preparation {
  /** Rejects with a {@link UserError} that names what failed. A preview, which prepares nothing, does not wait. */
  readonly done: Promise<void>;
  private readonly parts = new Map<Resource, Output<unknown>>();
  private complete: () => void = () => undefined;

  constructor() {
    const completed = new Promise<void>((resolve) => (this.complete = resolve));
    this.done = completed.then(() => (runtime.isDryRun() ? undefined : this.prepared()));
  }

  /** @param made is known once the resource was made, and never becomes so when that fails */
  add(resource: Resource, made: Output<unknown>): void {
    this.parts.set(resource, made);
  }

  /** Says that all parts were added. */
  close(): void {
    this.complete();
  }

  private async prepared(): Promise<void> {
    const parts = [...this.parts].map(async ([resource, made]) =>
      (await isKnown(made)) ? [] : [await nameOf(resource)],
    );
    const failed = (await Promise.all(parts)).flat();
    if (failed.length === 0) return;
    throw new UserError(
      `expected every image and file before the first container is touched, found that these failed: ${failed.join(", ")}. ` +
        "All containers were left as they are; the errors of these say why: mend them and run up again.",
    );
  }
}

const nameOf = async ({ urn }: Resource): Promise<string> => (await known(urn)).replace(/^.*::/, "");

/** The SDK keeps it out of its types: outputs of a resource that failed resolve, and are not known. */
const isKnown = (value: Output<unknown>): Promise<boolean> =>
  (value as unknown as { isKnown: Promise<boolean> }).isKnown;
