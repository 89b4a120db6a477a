import type { Transport } from "../ssh/transport";
import type { Wanted } from "./drop-in";
import type { Effective } from "./effective";

/** Whether sshd listens on a port, and on no other. */
export const isAlone = (port: number, ports: readonly number[]): boolean => ports.length === 1 && ports[0] === port;

interface Difference {
  /** In lower-case letters. */
  option: string;
  expected: string;
  found: string;
}

/** What sshd does otherwise than it is wanted. */
export function differences({ users, options }: Wanted, port: number, found: Effective): Difference[] {
  const pairs = [
    { option: "port", expected: String(port), found: found.ports.join(" and ") },
    { option: "allowusers", expected: users.join(" "), found: found.users.join(" ") },
    ...Object.entries(options).map(([name, expected]) => {
      const option = name.toLowerCase();
      return { option, expected, found: found.value(option) };
    }),
  ];
  return pairs.filter((pair) => pair.expected !== pair.found);
}

/** @throws where sshd does something otherwise than it is wanted, with the first of it */
export function expectWanted(host: Transport, wanted: Wanted, port: number, found: Effective): void {
  const [first] = differences(wanted, port, found);
  if (first === undefined) return;
  throw new Error(
    `expected ${first.option} ${first.expected} of sshd on ${host.name}, found ${first.found || "none"}. ` +
      "A file outside of /etc/ssh/sshd_config.d says so, or a ListenAddress: look for it by `grep -ri` below /etc/ssh",
  );
}
