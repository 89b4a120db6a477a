import { addressOf } from "../docker/container";
import { CommandError, type Transport } from "../ssh/transport";

/** A port that answers on some networks of the host and on no others. */
interface GuardedPort {
  container: string;
  port: number;
  /** Docker networks from which it must answer; from every other it must not. */
  networks: string[];
}

/** Which ports of containers must answer, and from where. */
export interface Reachability {
  /** An image that is on the host and has bash, for throw-away containers. */
  image: string;
  /** All Docker networks to try from. */
  networks: string[];
  ports: GuardedPort[];
}

/** Prints the targets that accept a TCP connection. A packet filter drops packets, so silence is a refusal, too. */
const PROBE = `for target do
  (timeout 2 bash -c 'exec 3<>"/dev/tcp/$1/$2"' probe "\${target%:*}" "\${target##*:}" 2>/dev/null && echo "$target") &
done
wait`;

/** What answers where it must not, and the reverse, tried by address: a name would not even resolve elsewhere. */
export async function reachabilityFaults(host: Transport, { image, networks, ports }: Reachability): Promise<string[]> {
  if (ports.length === 0) return [];
  const targets = await Promise.all(
    ports.map(async (guarded) => ({
      ...guarded,
      target: `${await addressOf(host, guarded.container)}:${guarded.port}`,
    })),
  );
  const faults = await Promise.all(
    networks.map(async (network) => {
      const answering = await answeringFrom(
        host,
        image,
        network,
        targets.map(({ target }) => target),
      );
      if (answering === undefined) return [gone(network)];
      return targets.flatMap((guarded) => fault(guarded, network, answering.includes(guarded.target)));
    }),
  );
  return faults.flat();
}

function fault(
  { container, port, networks, target }: GuardedPort & { target: string },
  from: string,
  found: boolean,
): string[] {
  if (networks.includes(from) === found) return [];
  return [
    `${container} port ${port} (${target}) from a container on the network ${from}: expected ` +
      (found ? "no answer, found that it accepts connections" : "it to accept connections, found no answer"),
  ];
}

/** A clean-up of the host removes networks that no container is on. */
const gone = (network: string): string =>
  `the network ${network}: expected it on the host, found none; run \`make refresh\` and \`make up\`, which makes it anew`;

/** @returns the targets that accept connections; undefined when there is no such network */
async function answeringFrom(
  host: Transport,
  image: string,
  network: string,
  targets: string[],
): Promise<string[] | undefined> {
  const confined = ["--cap-drop", "ALL", "--security-opt", "no-new-privileges", "--read-only", "--memory", "64m"];
  const argv = [
    ...["docker", "run", "--rm", "--log-driver", "none", "--network", network, ...confined],
    ...["--user", "65534:65534", "--entrypoint", "bash", image, "-c", PROBE, "vpai", ...targets],
  ];
  const answer = await host.run(argv);
  if (answer.code !== 0 && answer.stderr.includes(`network ${network} not found`)) return undefined;
  if (answer.code !== 0) throw new CommandError(host.name, argv, answer);
  return answer.stdout.split("\n");
}
