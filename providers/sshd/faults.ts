import type { Connection } from "../ssh/connection";
import type { Wanted } from "./drop-in";

interface Asked extends Wanted {
  connection: Connection;
  port: number;
}

interface Fault {
  property: "users" | "options" | "port";
  reason: string;
}

/** What would end our own logins, or is nothing that sshd could be told. */
export function faultsOf({ connection, port, users, options }: Asked): Fault[] {
  const { user } = connection;
  const faults: [boolean, Fault["property"], string][] = [
    [!users.includes(user), "users", `expected ${user} in AllowUsers, as whom we log in, found ${named(users)}`],
    [!users.every(isName), "users", `expected login names in AllowUsers, found ${named(users)}`],
    [!isPort(port), "port", `expected a port from 1 to 65535, found ${port}`],
    [!isText(options), "options", "expected names and values of sshd_config of words in one line, found others"],
    ...locks(user).map(([option, isWrong, expected]): [boolean, "options", string] => {
      const value = options[option];
      const found = `expected ${option} ${expected}, found ${value ?? ""}`;
      return [value !== undefined && isWrong(value), "options", found];
    }),
  ];
  return faults.flatMap(([isFault, property, reason]) => (isFault ? [{ property, reason }] : []));
}

/** Options whose values may lock us out, and what they have to be. */
const locks = (user: string): readonly [string, (value: string) => boolean, string][] => [
  [
    "PermitRootLogin",
    (value) => user === "root" && !["yes", "without-password", "prohibit-password"].includes(value),
    "without-password, as we log in as root: name another user in the stack's file for `no`",
  ],
  ["PubkeyAuthentication", (value) => value !== "yes", "yes, as we log in by a key"],
  [
    "AllowTcpForwarding",
    (value) => !["local", "yes", "all"].includes(value),
    "local, as databases, programs and hosts behind this one are reached through it",
  ],
  ["MaxSessions", (value) => !(Number(value) >= 1), "of 1 at least, as our commands are sessions"],
];

const named = (users: readonly string[]): string => (users.length === 0 ? "nobody" : users.join(", "));

const isName = (user: string): boolean => /^[a-z_][a-z0-9_-]{0,31}$/.test(user);

const isPort = (port: number): boolean => Number.isInteger(port) && port >= 1 && port <= 65535;

const isText = (options: Readonly<Record<string, string>>): boolean =>
  Object.entries(options).every(
    ([option, value]) => /^[A-Za-z0-9]+$/.test(option) && /^[\w@.,:+*/-]+( [\w@.,:+*/-]+)*$/.test(value),
  );
