import { type CountedPackets, countedPackets, type SmokeChecksInputs, type Transport } from "@vpai/providers";

/** An address that nobody has (RFC 5737): who sends there wants out. */
const OUTSIDE = "192.0.2.1";

/** Prints `resolves <name>` for each of the names that has an address, and `answers` where somebody outside does. */
const TRY = `LC_ALL=C; export LC_ALL
timeout 5 bash -c 'exec 3<>"/dev/tcp/$1/443"' try "$1" 2>/dev/null && echo answers
shift
for name do
  said=$(timeout 20 bash -c 'exec 3<>"/dev/tcp/$1/443"' try "$name" 2>&1) && { echo "resolves $name"; continue; }
  case $said in *[Nn]ame*resolution* | *[Nn]ame\\ or\\ service* | *[Nn]o\\ address*) ;; *) echo "resolves $name" ;; esac
done`;

/** How isolated a copy's host was. */
export interface Isolation {
  packets: CountedPackets;
  /** How many of the stack's own names were asked for, from the host and from a container on each network. */
  namesAsked: number;
  /** In words; none where nothing got out and no name was found. */
  problems: string[];
}

type Networks = Pick<SmokeChecksInputs, "reachability">["reachability"];

/**
 * Tries to get out of a copy's host, and to find the stack's own names, from the host and from a container on each of its networks. That
 * the kernel counts these tries shows that it would count others.
 */
export async function tryOut(
  host: Transport,
  names: readonly string[],
  reachability: Pick<Networks, "image" | "networks"> | undefined,
): Promise<Isolation> {
  const before = await countedPackets(host);
  const onHost = await found(host, "the host", ["bash", "-c", TRY, "vpai", OUTSIDE, ...names]);
  const { image, networks } = reachability ?? { image: "", networks: [] };
  const inside = await Promise.all(
    networks.map((network) =>
      found(host, `a container on ${network}`, [...apart(network, image), TRY, "vpai", OUTSIDE, ...names]),
    ),
  );
  const packets = await countedPackets(host);
  const problems = [...onHost, ...inside.flat()];
  if (packets.refused <= before.refused)
    problems.push("expected the kernel to count what it refuses, found that it counted none of our own tries");
  return { packets, namesAsked: names.length * (1 + networks.length), problems };
}

async function found(host: Transport, from: string, argv: readonly string[]): Promise<string[]> {
  const { code, stdout, stderr } = await host.run(argv);
  if (code > 1) return [`${from}: expected to see whether it gets out, found exit code ${code}: ${stderr.trim()}`];
  return stdout
    .split("\n")
    .filter((line) => line !== "")
    .map((line) =>
      line === "answers"
        ? `${from}: expected nobody to answer outside, found an answer of ${OUTSIDE}`
        : `${from}: expected no address of ${line.replace("resolves ", "")}, found one`,
    );
}

/** A throw-away container with the rights of a service's. */
const apart = (network: string, image: string): string[] => [
  ...["docker", "run", "--rm", "--log-driver", "none", "--network", network, "--cap-drop", "ALL", "--read-only"],
  ...["--security-opt", "no-new-privileges", "--memory", "64m", "--user", "65534:65534", "--entrypoint", "bash"],
  ...[image, "-c"],
];
