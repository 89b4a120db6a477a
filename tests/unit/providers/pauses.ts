/** Stands for `setTimeout` of node:timers/promises: the pauses that were asked for, none of them taken. */
export const pauses = jest.fn<Promise<void>, [milliseconds: number]>(() => Promise.resolve());

jest.mock("node:timers/promises", () => ({ setTimeout: pauses }));
