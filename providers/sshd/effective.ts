/** What sshd does for the logins of some users, as `sshd -T` says. */
export interface Effective {
  /** Ports that it listens on, each once. */
  ports: readonly number[];
  /** Whom `AllowUsers` lets in, in alphabetical order. Nobody named: everybody. */
  users: readonly string[];
  /** An option's value, by its name in lower-case letters, for every user that was asked for: one, where they agree. */
  value(option: string): string;
}

/** What ends the answer for one user. */
export const END = "--";

/** @param printed by `sshd -T`, once for each user, each answer ended by a line {@link END} */
export function effectiveOf(printed: string): Effective {
  const answers = printed.split(`\n${END}\n`).filter((answer) => answer.trim() !== "");
  const lines = answers.map((answer) => answer.split("\n").map(pairOf));
  const valuesOf = (option: string): string[] =>
    lines.flat().flatMap(([name, value]) => (name === option ? [value] : []));
  return {
    ports: unique(valuesOf("listenaddress").map(portOf)),
    users: unique(valuesOf("allowusers").flatMap((names) => names.split(/\s+/))).sort(),
    value: (option) => unique(valuesOf(option)).join(" or "),
  };
}

const pairOf = (line: string): [string, string] => {
  const [, name = "", value = ""] = /^(\S+)\s*(.*)$/.exec(line) ?? [];
  return [name, value];
};

/** Of `0.0.0.0:22` and `[::]:22`, with whatever comes behind it. */
const portOf = (address: string): number => Number(/:(\d+)(?:\s|$)/.exec(address)?.[1]);

const unique = <T>(values: readonly T[]): T[] => [...new Set(values)];
