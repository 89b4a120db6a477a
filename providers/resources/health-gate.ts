import { setTimeout as sleep } from "node:timers/promises";
import { type CustomResourceOptions, dynamic, type Input, type Output } from "@pulumi/pulumi";
import { delegate } from "../delegate.cjs";
import { conditionOf, inspectContainer, lastLogLines } from "../docker/container";
import type { Kind } from "../implementation";
import type { Connection } from "../ssh/connection";
import { transportTo } from "../ssh/transport";

/** Waits until a container is healthy. */
export interface HealthGateInputs {
  connection: Connection;
  /** The container's name. */
  container: string;
  /** The container's id: another one is waited for anew. */
  containerId: string;
  /** Names the content of the files that the program reads: with other files it has to become healthy anew. */
  revision: string;
  /** Looks before giving up. Default in the resource: 20, as the Ansible stack did (seed 002, error handling). */
  tries: number;
  /** Seconds between two looks. Default in the resource: 10, with quicker looks at first. */
  interval: number;
  /** The condition that opens the gate. */
  condition: "healthy";
}

/** Log lines shown of a container that did not become healthy (seed 002: last 30 lines). */
const LOG_LINES = 30;

/** Docker restarts a crashing container by its policy; a few looks tell a crash loop from a slow start. */
export const healthGateKind: Kind<HealthGateInputs, Omit<HealthGateInputs, "condition"> & { condition: string }> = {
  version: 1,
  identity: ["container"],
  async ensure(inputs) {
    const host = transportTo(inputs.connection);
    let condition = "unknown";
    for (let attempt = 1; attempt <= inputs.tries; attempt += 1) {
      const container = await inspectContainer(host, inputs.container);
      condition = container === undefined ? "missing" : conditionOf(container);
      if (condition === inputs.condition) return inputs;
      if (attempt < inputs.tries) await sleep(pauseBefore(attempt, inputs.interval));
    }
    throw new Error(
      `${inputs.container} on ${inputs.connection.host} is not healthy: expected "${inputs.condition}", found "${condition}" ` +
        `after ${inputs.tries} looks, ${inputs.interval} s apart. Its last ${LOG_LINES} log lines:\n` +
        (await lastLogLines(host, inputs.container, LOG_LINES)),
    );
  },
  async observe(state) {
    const container = await inspectContainer(transportTo(state.connection), state.container);
    if (container === undefined) return undefined;
    return { ...state, containerId: container.Id, condition: conditionOf(container) };
  },
  async remove() {
    // The gate is an observation; there is nothing to take away.
  },
};

/** The first looks come quickly, since most containers are healthy within seconds. Milliseconds. */
const pauseBefore = (attempt: number, interval: number): number => Math.min(1000 * attempt, 1000 * interval);

/** Opens when a container is healthy; otherwise fails with the container's last 30 log lines. */
export class HealthGate extends dynamic.Resource {
  declare readonly condition: Output<string>;
  declare readonly containerId: Output<string>;
  declare readonly revision: Output<string>;

  constructor(
    name: string,
    args: {
      connection: Input<Connection>;
      container: Input<string>;
      containerId: Input<string>;
      revision: Input<string>;
      tries?: Input<number>;
      interval?: Input<number>;
    },
    options?: CustomResourceOptions,
  ) {
    super(
      delegate("healthGate"),
      name,
      { tries: 20, interval: 10, condition: "healthy", ...args },
      options,
      "vpai/docker",
      "HealthGate",
    );
  }
}
