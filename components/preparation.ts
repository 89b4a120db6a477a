import { type Output, type Resource, runtime } from "@pulumi/pulumi";
import { UserError } from "../model/finding";
import { known } from "./known";

/**
 * What has to be on a stack's hosts before the first container is made or replaced: every image and every file. Then each host
 * is looked at. Where something is missing, no container is touched, its own or another one.
 */
export class Preparation {
  /** Every image and file is there. Rejects with a {@link UserError} that names what failed. A preview does not wait. */
  readonly done: Promise<void>;
  /** The same, and the hosts were found ready after that: containers may be touched. */
  readonly cleared: Promise<void>;
  private readonly parts = new Map<Resource, Output<unknown>>();
  private readonly hosts = new Map<Resource, Output<unknown>>();
  private complete: () => void = () => undefined;

  constructor() {
    const completed = new Promise<void>((resolve) => (this.complete = resolve));
    this.done = completed.then(() => expectMade("every image and file", this.parts));
    this.cleared = this.done.then(() => expectMade("hosts that are ready for their containers", this.hosts));
    // Each is waited for by resources, if there are any.
    this.cleared.catch(() => undefined);
  }

  /** Adds an image or a file. @param made is an output, and no input, which is never known when that fails */
  add(resource: Resource, made: Output<unknown>): void {
    this.parts.set(resource, made);
  }

  /** Adds the look at a host, which itself waits for {@link done}. @param made as of an image */
  addHost(resource: Resource, made: Output<unknown>): void {
    this.hosts.set(resource, made);
  }

  /** Says that all parts and hosts were added. */
  close(): void {
    this.complete();
  }
}

/** A preview makes nothing that could be waited for. */
async function expectMade(what: string, wanted: ReadonlyMap<Resource, Output<unknown>>): Promise<void> {
  if (runtime.isDryRun()) return;
  const failures = [...wanted].map(async ([resource, made]) => ((await isKnown(made)) ? [] : [await nameOf(resource)]));
  const failed = (await Promise.all(failures)).flat();
  if (failed.length === 0) return;
  throw new UserError(
    `expected ${what} before the first container is touched, found that these failed: ${failed.join(", ")}. ` +
      "All containers were left as they are; the errors of these say why: mend them and run up again.",
  );
}

const nameOf = async ({ urn }: Resource): Promise<string> => (await known(urn)).replace(/^.*::/, "");

/** The SDK keeps it out of its types: outputs of a resource that failed resolve, and are not known. */
const isKnown = (value: Output<unknown>): Promise<boolean> =>
  (value as unknown as { isKnown: Promise<boolean> }).isKnown;
