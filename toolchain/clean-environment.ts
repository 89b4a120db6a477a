import path from "node:path";

/** Variables of `make`'s targets, which a command that is run for another checkout must not inherit. */
const GIVEN = [
  ...[
    "STACK",
    "HOST",
    "SERVICE",
    "JOB",
    "CMD",
    "SINCE",
    "LINES",
    "FOLLOW",
    "ECO",
    "ACTION",
    "FORMAT",
    "SECRET",
    "ALL",
    "WAIT",
  ],
  ...["AT", "TO", "FROM", "YES", "KEEP", "(VPAI_)?(SERVICES|RECREATE)"],
];

/** The same, and what make, npm, jest and a surrounding `make env` set. */
const FOREIGN = new RegExp(
  `^(PULUMI_|npm_|MAKE|MFLAGS|JEST_|NODE_ENV$|NODE_OPTIONS$|INIT_CWD$|(${GIVEN.join("|")})$)`,
  "i",
);

/** The environment of a person who types a command in another checkout: this process's, without what brought it up. */
export function cleanEnvironment(env: NodeJS.ProcessEnv = process.env): NodeJS.ProcessEnv {
  const own = Object.fromEntries(Object.entries(env).filter(([name]) => !FOREIGN.test(name)));
  const searchPath = (env["PATH"] ?? "")
    .split(path.delimiter)
    .filter((entry) => !/\/(\.vpai\/bin|node_modules\/\.bin)$/.test(entry));
  return { ...own, PATH: searchPath.join(path.delimiter) };
}
