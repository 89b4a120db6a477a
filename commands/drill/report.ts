import { table } from "../terminal/table";
import type { Isolation } from "./isolation";
import type { ComparedPart } from "./rehearsal";
import type { NewestSet } from "./sets";

/** Number of the form of {@link jsonOf}: raised when a reader of the one before would not understand it. */
const VERSION = 1;

/** A service whose data were brought back. */
export interface ReturnedService {
  name: string;
  /** What runs: `real, 2.7.4`, or in the lab `stand-in, …`, of which nothing follows for production's program. */
  program: string;
  /** Seconds from the beginning until it served again, with its data. Undefined: it never did. */
  rtoSeconds: number | undefined;
  /** Age of its data in seconds at the beginning. Undefined: it keeps none that come back. */
  rpoSeconds: number | undefined;
  rows: { expected: number; found: number };
  /** In words; none where all is well. */
  problems: string[];
}

/** A host on which a set was brought back. */
export interface ReturnedHost {
  name: string;
  set: Pick<NewestSet, "set" | "bytes" | "started" | "from"> & { files: number };
  services: ReturnedService[];
  /** Parts of the set that nothing brings back by itself. */
  left: string[];
  /** Of no service alone. */
  problems: string[];
}

/** A host of the copy. */
export interface DrilledHost extends ReturnedHost {
  isolation: Isolation;
}

/** A host that is reported on; one that is no copy is not isolated. */
type Reported = ReturnedHost & { isolation?: Isolation };

/** What a drill has found. */
export interface Drill {
  stack: string;
  /** ISO 8601. */
  began: string;
  /** Until the last service served; without taking the copy away. */
  seconds: number;
  hosts: DrilledHost[];
}

const problemsOf = ({ isolation, services, problems }: Reported): string[] => [
  ...problems,
  ...(isolation?.problems ?? []),
  ...(isolation === undefined || isolation.packets.past === 0
    ? []
    : [`expected 0 packets past the closed door, found ${isolation.packets.past}`]),
  ...services.flatMap((service) => service.problems.map((problem) => `${service.name}: ${problem}`)),
];

/** Whether a host came back as it was. */
export const isGood = (host: Reported): boolean => problemsOf(host).length === 0;

/** Data of a service, out of the parts that it uses. */
export function dataOf(
  service: string,
  parts: readonly ComparedPart[],
): Pick<ReturnedService, "rows" | "problems"> & { keeps: boolean } {
  const own = parts.filter(({ services }) => services.includes(service));
  return {
    keeps: own.length > 0,
    rows: {
      expected: own.reduce((sum, { rows }) => sum + rows.expected, 0),
      found: own.reduce((sum, { rows }) => sum + rows.found, 0),
    },
    problems: own.flatMap(({ name, differences }) => differences.map((difference) => `${name}: ${difference}`)),
  };
}

/** `4 min 5 s`, `1 d 2 h`: the two largest units. */
export function spanOf(seconds: number): string {
  const units: [string, number][] = [
    ["d", Math.floor(seconds / 86_400)],
    ["h", Math.floor(seconds / 3_600) % 24],
    ["min", Math.floor(seconds / 60) % 60],
    ["s", Math.floor(seconds) % 60],
  ];
  const first = units.findIndex(([, count]) => count > 0);
  if (first === -1) return "0 s";
  return units
    .slice(first, first + 2)
    .filter(([, count]) => count > 0)
    .map(([unit, count]) => `${count} ${unit}`)
    .join(" ");
}

const HEAD = ["host", "service", "program", "RTO", "RPO", "rows", "result"];

/** Nobody can tell the rows of what was written to while it was copied: its files are compared, and no row is counted. */
const rowsOf = ({ rows: { expected, found }, rpoSeconds }: ReturnedService): string => {
  if (rpoSeconds === undefined || (expected === 0 && found === 0)) return "-";
  return expected === found ? String(found) : `${found} of ${expected}`;
};

const row = (host: string, service: ReturnedService): string[] => [
  host,
  service.name,
  service.program,
  service.rtoSeconds === undefined ? "never" : spanOf(service.rtoSeconds),
  service.rpoSeconds === undefined ? "-" : spanOf(service.rpoSeconds),
  rowsOf(service),
  service.problems.length === 0 ? "as it was" : `${service.problems.length} wrong`,
];

/** What a person is told of a drill. */
export const reportOf = ({ stack, hosts, seconds }: Drill): string =>
  returnReport(hosts, {
    good: `The drill of ${stack} has brought back everything, in ${spanOf(seconds)}.`,
    bad: (findings) => `The drill of ${stack} has failed: ${findings}.`,
  });

/** What a person is told of hosts on which sets were brought back. @param end its last sentence; `findings` is their number, in words */
export function returnReport(
  hosts: readonly Reported[],
  end: { good: string; bad: (findings: string) => string },
): string {
  const rows = hosts.flatMap(({ name, services }) => services.map((service) => row(name, service)));
  const wrong = hosts.flatMap((host) => problemsOf(host).map((problem) => `${host.name}: ${problem}`));
  return [
    table(HEAD, rows),
    "",
    ...hosts.flatMap(linesOf),
    ...(wrong.length === 0
      ? []
      : ["", "Expected everything as in the sets, found:", ...wrong.map((one) => `  ${one}`)]),
    "",
    wrong.length === 0 ? end.good : end.bad(`${wrong.length} ${wrong.length === 1 ? "finding" : "findings"}`),
  ].join("\n");
}

const linesOf = ({ name, set, isolation, left }: Reported): string[] => [
  `${name}: ${set.set} from ${set.from}, ${set.files} files with ${set.bytes} bytes, each with the sum of its manifest`,
  ...(isolation === undefined ? [] : [isolationLine(name, isolation)]),
  ...(left.length === 0 ? [] : [`${name}: not brought back, as they are for a person to import: ${left.join(", ")}`]),
];

const isolationLine = (name: string, { packets, namesAsked }: Isolation): string =>
  `${name}: ${packets.past} packets got out, ${packets.refused} were refused; ${namesAsked} lookups of the stack's names`;

/** What `FORMAT=json` prints (docs/backups.md#a-drill). */
export const jsonOf = ({ stack, began, seconds, hosts }: Drill): string =>
  JSON.stringify(
    {
      version: VERSION,
      ...{ stack, began, seconds },
      good: hosts.every(isGood),
      hosts: hosts.map((host) => ({
        name: host.name,
        good: isGood(host),
        set: host.set,
        packets: host.isolation.packets,
        namesAsked: host.isolation.namesAsked,
        left: host.left,
        services: host.services,
        problems: problemsOf(host),
      })),
    },
    undefined,
    2,
  );
