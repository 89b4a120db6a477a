import type { CommandRunner } from "../ssh/transport";
import { PREVIOUS_LABEL } from "./last-healthy";

/** How a container is, as one command tells of all of a host at once. */
export interface Glimpse {
  /** Docker's word for its state: `running`, `paused`, `exited`. */
  state: string;
  unhealthy: boolean;
  /** Whether it serves in place of a later version that failed. */
  previous: boolean;
  /** Networks that it is attached to, sorted. */
  networks: string[];
}

const FORMAT = `{{.Names}}\t{{.State}}\t{{.Status}}\t{{.Networks}}\t{{.Label "${PREVIOUS_LABEL}"}}`;

/** What the engine lists instead of a network where a container has none. */
const NO_NETWORK = "none";

/** How the containers with a label are, by name. */
export async function lookAt(host: CommandRunner, label: string): Promise<Map<string, Glimpse>> {
  const listing = ["docker", "ps", "--all", "--no-trunc", "--filter", `label=${label}`, "--format", FORMAT];
  const lines = (await host.output(listing)).split("\n").filter((line) => line !== "");
  return new Map(
    lines.map((line) => {
      const [name = "", state = "", status = "", networks = "", previous = ""] = line.split("\t");
      const unhealthy = status.includes("(unhealthy)");
      return [name, { state, unhealthy, previous: previous !== "", networks: namesIn(networks) }];
    }),
  );
}

const namesIn = (listed: string): string[] =>
  listed
    .split(",")
    .filter((name) => name !== "" && name !== NO_NETWORK)
    .sort();
