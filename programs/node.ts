import type { Program } from "../model/program";

/** Node with Git and an SSH client, built for both processors; it runs TypeScript by leaving the types out. */
export const NODE_IMAGE = "docker.io/library/node:22.23.5-bookworm";

/** Node with npm, for units and tools: out of the official image. Ubuntu 24.04's own is 18. */
export const NODE: Program = {
  name: "node",
  version: "22.23.5",
  source: { kind: "image", reference: NODE_IMAGE, path: "/usr/local/." },
  // Commands of npm packages ask for it by this name.
  commands: { node: "bin/node" },
};

/** What a unit needs whose program is compiled while it runs, as Node's is: memory that is written and then run. */
export const COMPILES = { MemoryDenyWriteExecute: "no" };
