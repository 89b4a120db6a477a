import { setTimeout as sleep } from "node:timers/promises";

/** Milliseconds between two requests of one client, where the test does not say. */
const PAUSE = 250;

/** What became of a client's requests. */
interface Counted {
  asked: number;
  failed: number;
  /** Why the last one failed; empty when none did. */
  last: string;
}

/** Clients that ask again and again while something is changed. */
export class Load {
  readonly counts: Record<string, Counted> = {};
  private isOver = false;
  private readonly clients: Promise<void>[];

  /**
   * @param clients by name, each a request that throws where it fails
   * @param pause between two of its requests, in milliseconds
   */
  constructor(
    clients: Readonly<Record<string, () => Promise<unknown>>>,
    private readonly pause = PAUSE,
  ) {
    this.clients = Object.entries(clients).map(([name, ask]) => this.work(name, ask));
  }

  /** Ends the clients' work, and prints what became of it. */
  async stop(title: string): Promise<Record<string, Counted>> {
    this.isOver = true;
    await Promise.all(this.clients);
    for (const [name, { asked, failed, last }] of Object.entries(this.counts))
      console.log(
        `${title}: ${name}: ${failed} of ${asked} requests failed${last === "" ? "" : `, the last one: ${last}`}`,
      );
    return this.counts;
  }

  private async work(name: string, ask: () => Promise<unknown>): Promise<void> {
    const count = (this.counts[name] = { asked: 0, failed: 0, last: "" });
    while (!this.isOver) {
      await ask().catch((error: Error) => {
        count.failed += 1;
        count.last = error.message.slice(0, 200);
      });
      count.asked += 1;
      await sleep(this.pause);
    }
  }
}
