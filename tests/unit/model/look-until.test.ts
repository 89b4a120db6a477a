import { pauses } from "../providers/pauses";
import { lookUntil } from "../../../model/look-until";

let now: number;

beforeEach(() => {
  now = 0;
  jest.spyOn(Date, "now").mockImplementation(() => now);
  pauses.mockReset().mockImplementation((milliseconds) => Promise.resolve(void (now += milliseconds)));
});

/** Gives one after the other, the last one for ever. */
const finding = (...found: string[]) => {
  let looks = 0;
  return jest.fn(() => Promise.resolve(found[Math.min(looks++, found.length - 1)] ?? ""));
};

const isUp = (found: string): boolean => found === "up";

test("what is right at once is looked at once", async () => {
  const look = finding("up");
  expect(await lookUntil(look, isUp, { pause: 500, seconds: 60 })).toBe("up");
  expect([look.mock.calls.length, pauses.mock.calls.flat()]).toEqual([1, []]);
});

test("what becomes right is looked at until it is, with a pause in between", async () => {
  const look = finding("down", "starting", "up", "down");
  expect(await lookUntil(look, isUp, { pause: 500, seconds: 60 })).toBe("up");
  expect([look.mock.calls.length, pauses.mock.calls.flat()]).toEqual([3, [500, 500]]);
});

test("what never is right is given as it was found last, once the time is over", async () => {
  const look = finding("down", "starting");
  expect(await lookUntil(look, isUp, { pause: 1000, seconds: 3 })).toBe("starting");
  expect([look.mock.calls.length, pauses.mock.calls.flat()]).toEqual([4, [1000, 1000, 1000]]);
});

test("or once it was looked at so often", async () => {
  const look = finding("down");
  expect(await lookUntil(look, isUp, { pause: 5000, looks: 2 })).toBe("down");
  expect([look.mock.calls.length, pauses.mock.calls.flat()]).toEqual([2, [5000]]);
});

test.each([0, -1])("with %d seconds it is looked at once", async (seconds) => {
  const look = finding("down");
  expect(await lookUntil(look, isUp, { pause: 1000, seconds })).toBe("down");
  expect([look.mock.calls.length, pauses.mock.calls.flat()]).toEqual([1, []]);
});

test("what a look throws ends it", async () => {
  await expect(
    lookUntil(() => Promise.reject(new Error("refused")), isUp, { pause: 1000, seconds: 60 }),
  ).rejects.toThrow("refused");
  expect(pauses).not.toHaveBeenCalled();
});
