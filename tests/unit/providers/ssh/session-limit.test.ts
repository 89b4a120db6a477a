import fc from "fast-check";
import { SessionLimit } from "../../../../providers/ssh/session-limit";

const pauses = (count: number): Promise<void> =>
  count === 0 ? Promise.resolve() : new Promise((resolve) => setImmediate(() => void pauses(count - 1).then(resolve)));

test("never more than the limit at once, every task runs once, in order, and the limit is used up", async () => {
  const task = fc.record({ length: fc.nat(4), fails: fc.boolean(), arrival: fc.nat(3) });
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: 5 }), fc.array(task, { maxLength: 30 }), async (limit, tasks) => {
      const sessions = new SessionLimit(limit);
      const started: number[] = [];
      let [running, most] = [0, 0];
      const work = tasks.map(async ({ length, fails, arrival }, index) => {
        // Arrivals in waves, so that some find the line empty and some full; equal waves keep their order.
        await pauses(arrival);
        return sessions.run(async () => {
          started.push(index);
          running += 1;
          most = Math.max(most, running);
          await pauses(length);
          running -= 1;
          if (fails) throw new Error(`task ${index}`);
          return index;
        });
      });
      const results = await Promise.allSettled(work);
      expect(most).toBeLessThanOrEqual(limit);
      expect([...started].sort((a, b) => a - b)).toEqual(tasks.map((_task, index) => index));
      expect(results.map(({ status }) => status)).toEqual(tasks.map(({ fails }) => (fails ? "rejected" : "fulfilled")));
      for (const wave of [0, 1, 2, 3]) {
        const order = started.filter((index) => tasks[index]?.arrival === wave);
        expect(order).toEqual([...order].sort((a, b) => a - b));
      }
    }),
    { numRuns: 60 },
  );
});

test("uses all of the limit, and is free again after failures", async () => {
  const sessions = new SessionLimit(3);
  let running = 0;
  const most: number[] = [];
  const fail = async (): Promise<void> => {
    most.push((running += 1));
    await pauses(2);
    running -= 1;
    throw new Error("no");
  };
  for (let round = 0; round < 3; round += 1) {
    await Promise.allSettled(Array.from({ length: 7 }, () => sessions.run(fail)));
    expect(Math.max(...most)).toBe(3);
  }
  await expect(sessions.run(async () => "free")).resolves.toBe("free");
});

test("S9: after it was lowered no more run at once than did, and all run", async () => {
  const sessions = new SessionLimit(5);
  let [running, most] = [0, 0];
  const task = async (): Promise<void> => {
    running += 1;
    most = Math.max(most, running);
    await pauses(3);
    running -= 1;
  };
  const first = [sessions.run(task), sessions.run(task)];
  expect(sessions.lower()).toBe(2);
  await Promise.all([...first, ...Array.from({ length: 9 }, () => sessions.run(task))]);
  expect([running, most]).toEqual([0, 2]);
});
