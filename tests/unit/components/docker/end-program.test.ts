import { endProgram, programEnd, whileUnderWay } from "../../../../components/docker/end-program";

test("T18: the program ends only when nobody else is being replaced any more", async () => {
  jest.useFakeTimers();
  let over = false;
  void programEnd.then(() => (over = true));
  let finish = (): void => undefined;
  const other = whileUnderWay(() => new Promise<void>((resolve) => (finish = resolve)));

  endProgram();
  await jest.advanceTimersByTimeAsync(300_000);
  expect(over).toBe(false);

  finish();
  await other;
  await jest.advanceTimersByTimeAsync(59_000);
  expect(over).toBe(false);
  await jest.advanceTimersByTimeAsync(2_000);
  expect(over).toBe(true);
  jest.useRealTimers();
});
