import { log, type Output, ResourceHook } from "@pulumi/pulumi";
import { type CommandRunner, type Connection, removeLeftover, type Transport, transportTo } from "@vpai/providers";
import { known } from "../known";
import { whileUnderWay } from "./end-program";

/** A Docker object as its owner names and labels it. */
export interface Named {
  kind: "container" | "network";
  name: string;
  /** Those without which it is not ours. */
  labels: Record<string, string>;
  /** Whether one that is not ours is replaced. */
  adopt: boolean;
}

/** Gives the place to run Docker commands, once it is known. */
export type FindRunner = () => Promise<CommandRunner>;

/** The host behind a connection that is known at the latest when something is created on it. */
export const hostRunner =
  (connection: Output<Connection>): (() => Promise<Transport>) =>
  async () =>
    transportTo(await known(connection));

/**
 * A hook that runs right before a Docker object is created: what an interrupted run left under its name, unknown to
 * the state, goes away; what is not ours stops the run.
 * @param resource name of the resource, for the hook's own name
 */
export function sweepBeforeCreate(resource: string, target: Named, runner: FindRunner): ResourceHook {
  return new ResourceHook(`sweep ${resource}`, () =>
    whileUnderWay(async () => {
      const removed = await removeLeftover(await runner(), target);
      if (removed !== undefined) await log.info(`removed ${target.kind} ${target.name}, ${removed}`);
    }),
  );
}
