import { parseArgs } from "node:util";
import { type Operation, operations } from "./report";

/** What is timed, and how often. */
export interface BenchOptions {
  /** Runs of each operation but `cold`. */
  runs: number;
  only: Operation[];
  /** Choices of services, each timed with a lab of its own, the smallest first; `idle` is a stack without a lab. */
  services: string[];
  /** File for the JSON, besides standard output. */
  json: string | undefined;
}

export const HELP = `Times the lab stack. Usage: bench [options], or make bench RUNS=3 ONLY=noop,preview JSON=file
  --runs N       runs of no-op up, preview and refresh; the median counts. Default: 5
  --only LIST    of ${operations.join(", ")}, separated by commas. Default: all; \`cold\` takes the lab down first
  --services S   times one choice of services only: all, groups such as core,apps, or idle, a stack of nothing but the
                 program. Default: idle, then core, then all
  --json FILE    writes the JSON into a file, too`;

/** @throws Error that names the option, what was expected and what was found */
export function benchOptions(args: readonly string[], env: NodeJS.ProcessEnv): BenchOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      runs: { type: "string" },
      only: { type: "string" },
      services: { type: "string" },
      json: { type: "string" },
    },
  });
  const services = values.services ?? env["VPAI_SERVICES"];
  const text = values.runs ?? (env["RUNS"] || "5");
  const runs = Number(text);
  if (!Number.isSafeInteger(runs) || runs < 1)
    throw new Error(`--runs: expected a whole number above 0, found ${text}`);
  return {
    runs,
    only: chosen(values.only ?? (env["ONLY"] || undefined)),
    services: services ? [services] : ["idle", "core", "all"],
    json: values.json ?? (env["JSON"] || undefined),
  };
}

function chosen(list: string | undefined): Operation[] {
  if (list === undefined) return [...operations];
  const names = list.split(",");
  const unknown = names.filter((name) => !operations.some((operation) => operation === name));
  if (unknown.length > 0)
    throw new Error(`--only: expected some of ${operations.join(", ")}, found ${unknown.join(", ")}`);
  return operations.filter((operation) => names.includes(operation));
}
