import { setTimeout as sleep } from "node:timers/promises";
import { requestAt } from "@vpai/providers";
import { isOnDemand } from "../../model/run";
import { type Placed, type PlacedSite, sitesOf } from "../../platforms/logins";
import type { Tried } from "./try";

/** Milliseconds between two requests to a site. */
const PAUSE = 1000;

/** What became of the requests to a service's sites. */
export interface Count {
  asked: number;
  /** Without an answer, or with one of 500 and above. */
  failed: number;
}

/** Asks services' sites again and again, as their visitors do, and counts what fails. */
export class Counter {
  private readonly counts = new Map<string, Count>();
  private isOver = false;
  private readonly asking: Promise<unknown>;

  constructor(services: readonly Placed[], tried: Tried) {
    // What runs on demand may be off.
    const names = new Map(
      services.filter(({ service: { run } }) => !isOnDemand(run)).map((placed) => [nameOf(placed), placed]),
    );
    this.asking = Promise.all(
      [...names].flatMap(([name, placed]) => {
        const sites = sitesOf(placed, tried);
        if (sites.length > 0) this.counts.set(name, { asked: 0, failed: 0 });
        return sites.map((site) => this.ask(name, site, tried));
      }),
    );
  }

  /** What was counted of some services; undefined where none of them has a site. */
  of(services: readonly Placed[]): Count | undefined {
    const counts = services.flatMap((placed) => this.counts.get(nameOf(placed)) ?? []);
    if (counts.length === 0) return undefined;
    return counts.reduce((sum, { asked, failed }) => ({ asked: sum.asked + asked, failed: sum.failed + failed }));
  }

  /** Ends the asking. */
  async stop(): Promise<void> {
    this.isOver = true;
    await this.asking;
  }

  private async ask(name: string, site: PlacedSite, tried: Tried): Promise<void> {
    const count = this.counts.get(name);
    while (!this.isOver && count !== undefined) {
      count.asked += 1;
      if (!(await isAnswered(site, tried))) count.failed += 1;
      await sleep(PAUSE);
    }
  }
}

async function isAnswered({ host, path, ...place }: PlacedSite, tried: Tried): Promise<boolean> {
  try {
    const { status } = await requestAt(tried.transportTo(host), place, { method: "GET", path, timeout: 10 });
    return status < 500;
  } catch {
    return false;
  }
}

/** `<host>/<service>` */
export const nameOf = ({ host, service }: Placed): string => `${host}/${service.name}`;
