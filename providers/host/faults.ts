import type { EngineFacts, HostFacts, Listener, Space } from "./facts";

/** A port of the host that a container is to have. */
export interface WantedPort {
  address: string;
  port: number;
  protocol: "tcp" | "udp";
  /** Whether the address may come later, as a VPN's does. */
  later: boolean;
}

/** What a host has to have before something of it is changed. */
export interface HostNeeds {
  /** The platform's folder. */
  folder: string;
  /** MiB of memory that the stack's file gives the host; 0 where that is not looked at. */
  memoryMiB: number;
  ports: WantedPort[];
  /** Labels of the containers that may have these ports already, `name=value`. */
  labels: string[];
  /** Names of containers that may have them, whosever they are. */
  replaced: string[];
}

/** What a disk keeps for the system, in MiB and files. */
const RESERVE = { mebibytes: 256, inodes: 2000 };

/** MiB that are free for a program's start, swap included. */
const SPARE_MEMORY = 96;

/** Of the memory that a computer is sold with, its kernel keeps some: not this much. */
const KERNEL_SHARE = 0.15;

/** API of Docker 25, the first that looks at a starting container more often (`start_interval`). */
const OLDEST_API = [1, 44];

/** The first kernel of long support whose cgroups of the second version do all that the engine asks of them. */
const OLDEST_KERNEL = [5, 4];

/** What an engine and its kernel cannot do, each in a sentence: what was expected, what was found, what to do. */
export function engineFaults({ api, version, kernel, limitsMemory }: EngineFacts): string[] {
  return [
    ...(limitsMemory
      ? []
      : [
          "expected a kernel that limits the memory of containers, found one without the memory cgroup: add `cgroup_enable=memory cgroup_memory=1` " +
            "to its command line (/boot/firmware/cmdline.txt on a Raspberry Pi, GRUB_CMDLINE_LINUX elsewhere) and restart the host",
        ]),
    ...(isOlder(api, OLDEST_API)
      ? [`expected Docker 25 or newer, found ${version}: update the engine (https://docs.docker.com/engine/install/)`]
      : []),
    ...(isOlder(kernel, OLDEST_KERNEL)
      ? [`expected Linux ${OLDEST_KERNEL.join(".")} or newer, found ${kernel}: update the host's system`]
      : []),
  ];
}

/** What a host lacks, each in a sentence. */
export const hostFaults = (facts: HostFacts, needs: HostNeeds): string[] => [
  ...engineFaults(facts.engine),
  ...new Set(facts.disks.flatMap(diskFaults)),
  ...memoryFaults(facts, needs),
  ...addressFaults(facts, needs),
  ...needs.ports.flatMap((port) => portFaults(port, facts, needs)),
];

const isOlder = (version: string, [major = 0, minor = 0]: number[]): boolean => {
  const [first = 0, second = 0] = version.split(/[^\d]+/).map(Number);
  return first < major || (first === major && second < minor);
};

function diskFaults({ folder, freeMiB, freeInodes }: Space): string[] {
  const cleanUp = `free some (\`df -h ${folder}\`, \`docker system df\`) or enlarge the disk`;
  return [
    ...(freeMiB < RESERVE.mebibytes
      ? [`expected ${RESERVE.mebibytes} MiB of free space for ${folder}, found ${freeMiB} MiB: ${cleanUp}`]
      : []),
    ...(freeInodes !== undefined && freeInodes < RESERVE.inodes
      ? [
          `expected ${RESERVE.inodes} free inodes for ${folder}, found ${freeInodes}: remove files there (\`df -i ${folder}\`)`,
        ]
      : []),
  ];
}

function memoryFaults({ memory: { total, available } }: HostFacts, { memoryMiB }: HostNeeds): string[] {
  return [
    ...(total < memoryMiB * (1 - KERNEL_SHARE)
      ? [
          `expected a host with the ${memoryMiB} MiB of memory that the stack's file gives it, found ${total} MiB: ` +
            "set memoryMiB of the host to what it has, or enlarge the host",
        ]
      : []),
    ...(available < SPARE_MEMORY
      ? [
          `expected ${SPARE_MEMORY} MiB of available memory, found ${available} MiB: ` +
            "see what takes it (`ps aux --sort -rss`, `docker stats`), and stop that or enlarge the host",
        ]
      : []),
  ];
}

/** Behind 1:1 NAT the world's address is none of the host's own, and nothing can listen on it. */
function addressFaults({ addresses }: HostFacts, { ports }: HostNeeds): string[] {
  if (addresses.length === 0) return [];
  const missing = new Set(
    ports
      .filter(({ address, later }) => !later && address !== "0.0.0.0" && !addresses.includes(address))
      .map(({ address }) => address),
  );
  return [...missing].map(
    (address) =>
      `expected an own address for published ports, found ${address}, which none of its interfaces has (${addresses.join(", ")}): ` +
      "behind 1:1 NAT, set bindAddress of the machine to the inner address",
  );
}

function portFaults(wanted: WantedPort, { listeners, containers }: HostFacts, needs: HostNeeds): string[] {
  const name = `${wanted.port}/${wanted.protocol}`;
  const expected = `expected that nobody else listens on ${wanted.address}:${name}, found`;
  return listeners
    .filter((listener) => isInTheWay(listener, wanted))
    .slice(0, 1)
    .flatMap(({ program }) => {
      if (!ENGINE.has(program))
        return [
          `${expected} ${program === "" ? "a program" : program}: stop it (\`ss -ltnup\`), or let it listen elsewhere`,
        ];
      const other = containers.find(
        (container) =>
          container.ports.includes(name) &&
          !isOurs(container.labels, needs) &&
          !needs.replaced.includes(container.name),
      );
      return other === undefined ? [] : [`${expected} the container ${other.name}: stop it, or publish another port`];
    });
}

/** Programs that listen on behalf of containers. */
const ENGINE = new Set(["docker-proxy", "dockerd"]);

const isOurs = (labels: readonly string[], needs: HostNeeds): boolean =>
  needs.labels.every((label) => labels.includes(label));

/** `[::]` is IPv6 alone, and no hindrance; `*` is both. */
const isInTheWay = ({ protocol, port, address }: Listener, wanted: WantedPort): boolean =>
  protocol === wanted.protocol &&
  port === wanted.port &&
  (["*", "0.0.0.0", wanted.address].includes(address) || (wanted.address === "0.0.0.0" && !address.includes("[")));
