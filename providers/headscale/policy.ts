import { z } from "zod";
import { parseJson } from "../../model/foreign-json";
import { inspectContainer } from "../docker/container";
import type { HttpServer } from "../docker/http";
import type { Transport } from "../ssh/transport";
import { Unreadable } from "../unreadable";

/** A rule of a policy: who may reach which ports of whom. */
interface Rule {
  action: string;
  proto: string;
  src: string[];
  /** `<host>:<ports>`, ports as numbers, ranges, or `*`. */
  dst: string[];
}

/** A policy as far as the platform has one. */
export interface Policy {
  /** Networks by name. */
  hosts: Record<string, string>;
  acls: Rule[];
}

/** What a server goes by at the moment. */
export interface InForce {
  acls: Rule[];
  /** Names of hosts that its rules may use. */
  hosts: string[];
  /** IPv4 networks that somebody may reach something of. */
  reached: string[];
}

/** Last number of a port. */
const HIGHEST = 65_535;

const portsSchema = z.object({ First: z.number(), Last: z.number() });

type Ports = z.infer<typeof portsSchema>;

/** A policy as the server prints what it has loaded; a host's network is left out there. */
const loadedSchema = z.object({
  hosts: z.record(z.string(), z.unknown()).nullish(),
  acls: z
    .array(
      z.object({
        action: z.string(),
        proto: z.string(),
        src: z.array(z.string()),
        dst: z.array(z.object({ Alias: z.string(), Ports: z.array(portsSchema) })),
      }),
    )
    .nullish(),
});

const filterSchema = z.array(z.object({ DstPorts: z.array(z.object({ IP: z.string() })) })).nullable();

/**
 * Asks the server itself what it has loaded: it tells that to its own network alone, so the question comes from there.
 * @throws Unreadable when it cannot be asked
 */
export async function inForce(host: Transport, { container, port }: HttpServer): Promise<InForce> {
  const told = await debug(host, { container, port }, "policy-manager");
  const filter = await debug(host, { container, port }, "filter");
  const text = /\nPolicy:\n(\{[^]*?\n\})\n/.exec(told)?.[1];
  const { hosts, acls } = parseJson(loadedSchema, text ?? "{}", `the policy that ${container} on ${host.name} goes by`);
  // Without a policy everybody reaches everything.
  if (text === undefined)
    return { acls: [{ action: "accept", proto: "", src: ["*"], dst: ["*:*"] }], hosts: [], reached: [] };
  return {
    hosts: Object.keys(hosts ?? {}).sort(),
    acls: (acls ?? []).map(({ dst, ...rule }) => ({
      ...rule,
      dst: dst.map(({ Alias, Ports }) => `${Alias}:${portsOf(Ports)}`),
    })),
    reached: reachedIn(filter, `the filter that ${container} on ${host.name} goes by`),
  };
}

const portsOf = (ports: readonly Ports[]): string =>
  ports
    .map(({ First, Last }) =>
      First === 0 && Last === HIGHEST ? "*" : First === Last ? String(First) : `${First}-${Last}`,
    )
    .join(",");

function reachedIn(filter: string, what: string): string[] {
  const rules = parseJson(filterSchema, filter, what) ?? [];
  const addresses = rules.flatMap(({ DstPorts }) => DstPorts.map(({ IP }) => IP));
  return [...new Set(addresses.filter((address) => !address.includes(":")))].sort();
}

async function debug(host: Transport, { container, port }: HttpServer, page: string): Promise<string> {
  const found = await inspectContainer(host, container);
  if (found?.State.Status !== "running") throw new Unreadable(`${container} on ${host.name} does not run`);
  const url = `http://127.0.0.1:${port}/debug/${page}`;
  const argv = [
    "nsenter",
    "--target",
    String(found.State.Pid),
    "--net",
    "curl",
    "--silent",
    "--show-error",
    "--fail",
    url,
  ];
  const { code, stdout, stderr } = await host.run(argv, { reads: true });
  if (code !== 0) throw new Unreadable(`${container} on ${host.name} does not tell its policy: ${stderr.trim()}`);
  return stdout;
}

/** Whether a server goes by a policy: by its rules, and with its addresses wherever they count. */
export const goesBy = ({ hosts, acls }: Policy, found: InForce): boolean =>
  JSON.stringify(acls) === JSON.stringify(found.acls) &&
  JSON.stringify(Object.keys(hosts).sort()) === JSON.stringify(found.hosts) &&
  found.reached.every((address) => Object.values(hosts).includes(address));
