import { explainSsh } from "../../providers/ssh/explain";

/** Words of the engine and its providers around what went wrong: they say nothing of it. */
const WRAPPERS: readonly RegExp[] = [
  /^(before|after) hook "[^"]*" failed: /,
  /^error hooks execution failed: /,
  /^error hook "[^"]*" failed: /,
  /^error: /i,
  /^an unhandled error occurred: /,
  /^Exception calling application: /,
  /^\d+ UNKNOWN: /,
  /^1 errors? occurred:\s*\*\s*/,
  /^(creating|updating|deleting|refreshing) urn:\S+: /,
];

/** What the run says of a container that is in the way; the container's own error says the same. */
const REMOVAL = /^\S+ could not be removed for its replacement: ([^]*); run up again$/;

/** What went wrong, without colours, stack traces, raw command lines and the engine's own words around it. */
export function causeOf(message: string): string {
  let cause = plain(message).replace(REMOVAL, "$1");
  for (let before = ""; before !== cause;) {
    before = cause;
    for (const wrapper of WRAPPERS) cause = cause.replace(wrapper, "").trim();
  }
  return explainSsh(cause) ?? cause;
}

/** Marks of colours, as the engine keeps them and as a terminal has them, and lines of a stack trace are left out. */
const plain = (message: string): string =>
  message
    .replaceAll(/<\{%[^%]*%\}>/g, "")
    // eslint-disable-next-line no-control-regex
    .replaceAll(/\u001B\[[\d;]*m/g, "")
    .split("\n")
    .filter((line) => !/^\s+at .+(:\d+:\d+\)?|\(<anonymous>\)|node:.*)$/.test(line))
    .join("\n")
    .trim();
