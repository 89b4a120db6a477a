import { setTimeout as sleep } from "node:timers/promises";
import type { LabHost } from "./host";
import { authorityOf, get } from "./site";

/** What a client saw of a site. */
export interface Seen {
  /** Number of requests. */
  asked: number;
  /** Every answer but 200, and every request without one. */
  bad: string[];
  /** Seconds between two good answers with a bad one, or none, in between. */
  gaps: number[];
}

/** Asks a site of a host four times a second, as long as `work` takes. */
export async function askedDuring<T>(
  host: LabHost,
  url: string,
  work: () => Promise<T>,
): Promise<{ seen: Seen; result: T }> {
  const authority = await authorityOf(host);
  const seen: Seen = { asked: 0, bad: [], gaps: [] };
  let over = false;
  let good = { at: Date.now(), bad: 0 };
  const client = (async () => {
    for (; !over; seen.asked += 1) {
      const answer = await get(host, url, authority).catch((error: Error) => ({ status: 0, body: error.message }));
      if (answer.status !== 200) seen.bad.push(`${answer.status} ${answer.body}`);
      else {
        if (seen.bad.length > good.bad) seen.gaps.push((Date.now() - good.at) / 1000);
        good = { at: Date.now(), bad: seen.bad.length };
      }
      await sleep(250);
    }
  })();
  const result = await work().finally(() => (over = true));
  await client;
  return { seen, result };
}
