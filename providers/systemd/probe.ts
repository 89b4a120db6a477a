import type { UnitHealth } from "../../model/checks";
import { exchange } from "../ssh/http";
import { ConnectionLost } from "../ssh/outage";
import { ChannelRefused } from "../ssh/refusal";
import type { Transport } from "../ssh/transport";

const LOOPBACK = "127.0.0.1";

/** Seconds that an answer may take where the service does not say: as a container's health check. */
const TIMEOUT = 5;

/** A host of which a probe runs commands and reaches ports. */
export type ProbedHost = Pick<Transport, "name" | "run" | "output" | "forward">;

/** Asks a program whether it works. @returns what is wrong, in words; undefined when nothing is */
export async function probe(host: ProbedHost, health: UnitHealth): Promise<string | undefined> {
  const { timeout = TIMEOUT } = health;
  if ("test" in health) return command(host, health.test, timeout);
  const fault = "http" in health ? answer(host, health.http, timeout) : listening(host, health.tcp);
  return fault.catch((error: Error) => {
    if (error instanceof ConnectionLost || (error instanceof ChannelRefused && error.isForbidden)) throw error;
    return `no answer: ${error.message}`;
  });
}

async function command(host: ProbedHost, argv: readonly string[], timeout: number): Promise<string | undefined> {
  const { code, stdout, stderr } = await host.run(["timeout", String(timeout), ...argv], { reads: true });
  return code === 0 ? undefined : `\`${argv.join(" ")}\` exits with ${code}: ${(stderr || stdout).trim().slice(-300)}`;
}

async function answer(
  host: ProbedHost,
  { port, path, status = 200, address = LOOPBACK }: Extract<UnitHealth, { http: unknown }>["http"],
  timeout: number,
): Promise<string | undefined> {
  const headers = { host: `${address}:${port}` };
  const found = await host.forward(address, port, (stream) =>
    exchange(stream, { method: "GET", path, headers, timeout }),
  );
  return found.status === status ? undefined : `status ${found.status} of ${path} on port ${port} instead of ${status}`;
}

const listening = (
  host: ProbedHost,
  { port, address = LOOPBACK }: Extract<UnitHealth, { tcp: unknown }>["tcp"],
): Promise<undefined> => host.forward(address, port, () => Promise.resolve(undefined));
