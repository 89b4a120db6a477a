import type { WhenUnreachable } from "../../model/stack";
import { forStack } from "../state/check";

/** A host that a run has left, as it could not be reached. */
interface DeferredHost {
  name: string;
  why: string;
  unreachable: WhenUnreachable;
  /** How many changes wait for it; 0 where the run did not find out. */
  changes: number;
}

/** What a run has left because of hosts that could not be reached. */
export interface Deferred {
  stack: string;
  /** `up`, `refresh`, `down`. */
  command: string;
  hosts: readonly DeferredHost[];
  /** What of other hosts needs something there that was never made. */
  waiting: readonly string[];
}

/** What a person is told of it at the end of a run; empty where nothing was deferred. */
export function reportOf({ stack, command, hosts, waiting }: Deferred): string {
  if (hosts.length === 0) return "";
  return [
    "",
    "Deferred, and left as it is, since it cannot be reached:",
    ...hosts.map(lineOf),
    ...(waiting.length === 0
      ? []
      : ["Left, too, since it needs something there that was never made:", `  ${waiting.join(", ")}`]),
    `When it is there again, \`make ${command}${forStack(stack)}\` catches up.`,
  ].join("\n");
}

function lineOf({ name, why, unreachable, changes }: DeferredHost): string {
  const wait = changes === 0 ? "" : `; ${changes === 1 ? "1 change waits" : `${changes} changes wait`}`;
  const fails = unreachable === "fail" ? `; this fails the run, as vpai:hosts.${name}.unreachable says` : "";
  return `  ${name}: ${why.split("\n")[0] ?? ""}${wait}${fails}`;
}
