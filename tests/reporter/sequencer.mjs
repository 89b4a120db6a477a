import sequencer from "@jest/test-sequencer";

/** The rungs of the ladder, the quick ones first. */
const RUNGS = ["unit", "configs", "lab", "all"];

/** Files that change the shared lab for good: they run after all others, in this order. */
const LAST = ["secrets.test.ts", "down.test.ts"];

/** Files that wait for most of their time: they begin first, and others run meanwhile. */
const FIRST = ["unit/providers/guard.test.ts"];

/** Orders the test files by rung, then by path. */
export default class LadderSequencer extends sequencer.default {
  sort(tests) {
    const rank = ({ path, context }) => [
      RUNGS.indexOf(context.config.displayName?.name),
      FIRST.some((file) => path.endsWith(`/${file}`)) ? 0 : 1,
      LAST.findIndex((file) => path.endsWith(`/lab/${file}`)),
      path,
    ];
    return [...tests].sort((one, other) => compare(rank(one), rank(other)));
  }
}

function compare(one, other) {
  const at = one.findIndex((part, index) => part !== other[index]);
  if (at === -1) return 0;
  return one[at] < other[at] ? -1 : 1;
}
