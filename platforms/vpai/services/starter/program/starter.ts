import { setTimeout as sleep } from "node:timers/promises";
import type { Containers } from "./engine.ts";

/** Which services it may start and stop, each with what that takes, one after another, the last its own. */
export type Startable = Readonly<Record<string, readonly string[]>>;

/** How patiently a service is waited for. */
interface Patience {
  /** Seconds that each may take to become healthy. */
  seconds: number;
  /** Seconds between two looks. */
  every: number;
}

/** How a service is. */
interface Condition {
  running: boolean;
  healthy: boolean;
}

/** Starts and stops services, one order after another: two at a time would start what the other stops. */
export class Starter {
  private last: Promise<unknown> = Promise.resolve();
  private readonly services: Startable;
  private readonly containers: Containers;
  private readonly patience: Patience;

  // Node leaves types out and makes nothing of its own: no fields that a parameter declares.
  constructor(services: Startable, containers: Containers, patience: Patience) {
    this.services = services;
    this.containers = containers;
    this.patience = patience;
  }

  knows(service: string): boolean {
    return Object.hasOwn(this.services, service);
  }

  condition(service: string): Promise<Condition> {
    return this.containers.look(service);
  }

  /** Starts a service with what it needs, each once the one before is healthy. @throws when one does not become so */
  start(service: string): Promise<Condition> {
    return this.inTurn(async () => {
      for (const one of this.services[service] ?? []) {
        await this.containers.start(one);
        await this.becomesHealthy(one);
      }
      return this.condition(service);
    });
  }

  /** Stops a service and what it needed, itself first. */
  stop(service: string): Promise<Condition> {
    return this.inTurn(async () => {
      for (const one of [...(this.services[service] ?? [])].reverse()) await this.containers.stop(one);
      return this.condition(service);
    });
  }

  private async becomesHealthy(service: string): Promise<void> {
    const { seconds, every } = this.patience;
    for (let waited = 0; waited <= seconds; waited += every) {
      if ((await this.containers.look(service)).healthy) return;
      await sleep(every * 1000);
    }
    throw new Error(`expected ${service} to become healthy within ${seconds} s, found it is not`);
  }

  private inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
    const done = this.last.then(work);
    this.last = done.catch(() => undefined);
    return done;
  }
}
