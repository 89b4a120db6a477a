import { log } from "@pulumi/pulumi";
import type { ImageLock } from "../../images/lock";
import { hasDigest } from "../../images/reference";
import { isContainer } from "../../model/run";
import type { Service } from "../../model/service";
import type { ImageSource } from "./machine";

/** An image from its own registry, by the digest that the lock has of it. */
export function lockedSource(reference: string, lock: ImageLock): ImageSource {
  const digest = lock[reference]?.digest;
  return { dependsOn: [], ...(digest === undefined ? {} : { digest }) };
}

/** Whoever can push to a registry can put another content under a tag: says which images that is possible for. */
export function warnOfTags(references: readonly string[], lock: ImageLock): void {
  const open = [...new Set(references)].filter((reference) => !hasDigest(reference) && lock[reference] === undefined);
  if (open.length === 0) return;
  void log.warn(
    `${open.length} image(s) are pinned by tag alone, their registry may give another content tomorrow: ` +
      `${open.sort().join(", ")}. Run \`make images-lock\` where their registries can be reached, and commit images/lock.json.`,
  );
}

/** An image that its registry may not have yet, and that nothing here can make: said before anything is pulled. */
export function warnOfUnpublished(services: readonly Service[], lock: ImageLock): void {
  const open = new Map(
    services.flatMap(({ run }) =>
      isContainer(run) && run.publisher !== undefined && !hasDigest(run.image) && lock[run.image] === undefined
        ? [[run.image, run.publisher] as const]
        : [],
    ),
  );
  for (const [image, publisher] of open) {
    void log.warn(
      `${image} can be published by ${publisher} alone, and no registry has been asked whether it is there: ` +
        "publish it and run `make images-lock`, or leave its service out, before this stack is brought up.",
    );
  }
}
