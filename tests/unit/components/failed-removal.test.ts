import { pauses } from "../providers/pauses";
import { removeAgain } from "../../../components/docker/failed-removal";

const failures = (count: number): string[] => Array.from({ length: count }, () => "connection reset by peer");

test("a removal that failed is tried again", async () => {
  await expect(removeAgain("vpai_redis", failures(1))).resolves.toBe(true);
  expect(pauses.mock.calls).toEqual([[3000]]);
});

test("one that fails for good ends the program, which the engine would keep waiting for ever", async () => {
  jest.useFakeTimers();
  const exit = jest.spyOn(process, "exit").mockImplementation(() => undefined as never);
  await expect(removeAgain("vpai_redis", failures(6))).resolves.toBe(false);
  expect(exit).not.toHaveBeenCalled();
  jest.runAllTimers();
  expect(exit).toHaveBeenCalledWith(1);
  exit.mockRestore();
  jest.useRealTimers();
});
