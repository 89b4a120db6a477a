import { mkdtempSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import type { StackState } from "../../../../commands/state/backend";
import { FolderStore } from "../../../../commands/state/folder";
import { keysOf } from "../../../../commands/state/store";

/** A backend in a new folder, with nothing in it. */
export function emptyBackend(): StackState & { readonly root: string } {
  const root = mkdtempSync(path.join(os.tmpdir(), "vpai-backend-"));
  return { root, stack: "prod", store: new FolderStore(root), keys: keysOf("prod") };
}

const urnOf = (name: string): string => `urn:pulumi:prod::vpai::random:index/randomPassword:RandomPassword::${name}`;

/** A state as the engine writes it, with resources of these names. */
export const stateWith = (names: readonly string[], time = "2026-02-26T08:30:00Z", length = 24): Buffer =>
  Buffer.from(
    JSON.stringify({
      version: 3,
      checkpoint: {
        stack: "organization/vpai/prod",
        latest: {
          manifest: { time, magic: "m", version: "v3.250.0" },
          resources: names.map((name) => ({
            urn: urnOf(name),
            type: "random:index/randomPassword:RandomPassword",
            inputs: { length },
          })),
        },
      },
    }),
  );
