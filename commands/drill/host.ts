import { type SmokeChecksInputs, siteFaults, Transport } from "@vpai/providers";
import { programOf } from "../../lab/program";
import { bringSet } from "../backups/bring";
import { BackupProgram, unitOfHost } from "../backups/host";
import type { Manifest } from "../backups/manifest";
import type { DeployedHost, DeployedService } from "../stack/hosts";
import { unwell } from "../reboot/healthy";
import { checksOf, smokeInputsOf } from "../releases/smoke";
import { tryOut } from "./isolation";
import { remoteLines } from "./lines";
import { compared, type ComparedPart, emptyRehearsal, heard, type Rehearsal } from "./rehearsal";
import { dataOf, type DrilledHost, type ReturnedHost, type ReturnedService } from "./report";
import type { NewestSet } from "./sets";
import type { ExportedState } from "../engine/exported";

/** Seconds that services may take to be well once their data are back: as long as a restore gives them. */
const PATIENCE = 300;

/** What a drill knows of a host before it begins there. */
export interface Rehearsed {
  newest: NewestSet;
  /** The set's manifest as its own host has it, where that still has the set. */
  original: Manifest | undefined;
  /** Hosts of the copy. */
  copied: Readonly<Record<string, DeployedHost>>;
  /** State of the copy. */
  exported: ExportedState;
  /** Names of the drilled stack's sites. */
  names: readonly string[];
  /** When it began, and when the copy was up. */
  moments: Moments;
  /** Tells a person how far it is. */
  say: Say;
}

/** In ms since 1970. */
interface Moments {
  began: number;
  /** When services ran, with no data yet. */
  up: number;
}

type Say = (text: string) => void;

/** Brings a set back on the copy's host, and looks at what that gave. @throws where nothing could be brought back */
export async function drillHost(args: Rehearsed): Promise<DrilledHost> {
  const { newest, copied, exported, names, say } = args;
  const host = copied[newest.host];
  if (host === undefined) throw new Error(`expected the host ${newest.host} in the copy, found none`);
  const transport = new Transport(host.connection);
  try {
    const program = await BackupProgram.of(transport, unitOfHost(newest.host, copied));
    say(`${newest.host}: ${newest.set} from ${newest.from}`);
    await bringSet(newest, { connection: host.connection, program }, 2);
    const returned = await bringBack({ ...args, stack: "lab", host, transport, program });
    // Last, so that it has seen whatever the services tried.
    const isolation = await tryOut(transport, names, smokeInputsOf(exported, newest.host)?.reachability);
    return { ...returned, isolation };
  } finally {
    transport.close();
  }
}

/** A host that has a set among its own, and is to have everything in it back. */
export interface Returning extends Pick<Rehearsed, "original" | "exported" | "moments" | "say"> {
  newest: Pick<NewestSet, "host" | "set" | "started" | "from">;
  /** The host's stack. */
  stack: string;
  host: DeployedHost;
  transport: Transport;
  program: BackupProgram;
}

/** Has everything in a set brought back, and looks at what that gave: rows, files, services, sites. @throws where the set is not there */
export async function bringBack(args: Returning): Promise<ReturnedHost> {
  const { newest, host, program, say } = args;
  const manifest = (await program.manifests()).find(({ set }) => set === newest.set);
  if (manifest === undefined) throw new Error(`${newest.host}: expected ${newest.set} there, found none`);
  return judged({ ...args, manifest, ...(await rehearse(host, program.command("rehearse", newest.set), say)) });
}

async function rehearse(
  { connection }: DeployedHost,
  argv: readonly string[],
  say: Say,
): Promise<{ rehearsal: Rehearsal; code: number; ended: number }> {
  const rehearsal = emptyRehearsal();
  const code = await remoteLines(connection, argv, (line, at) => {
    heard(rehearsal, line, at);
    if (!line.includes("\t")) say(line);
  });
  return { rehearsal, code, ended: Date.now() };
}

interface Judged extends Returning {
  manifest: Manifest;
  rehearsal: Rehearsal;
  code: number;
  /** Moment in ms since 1970: when all data were back. */
  ended: number;
}

async function judged(args: Judged): Promise<ReturnedHost> {
  const { newest, original, host, transport, manifest, rehearsal, code } = args;
  const parts = compared(manifest, rehearsal);
  const ill = await unwell(transport, host, code === 0 ? PATIENCE : 0);
  const services = Object.entries(host.services).filter(([, { onDemand }]) => onDemand === undefined);
  const returned = await Promise.all(
    services.map(([name, service]) => judgedService(name, service, { ...args, parts, ill })),
  );
  const files = manifest.parts.flatMap((part) => part.files);
  const back = new Set(parts.map(({ name }) => name));
  return {
    name: newest.host,
    set: { set: newest.set, started: newest.started, from: newest.from, bytes: manifest.bytes, files: files.length },
    services: returned,
    left: manifest.parts.map(({ name }) => name).filter((name) => !back.has(name)),
    problems: [
      ...(code === 0 ? [] : [`expected ${newest.set} to come back, found exit code ${code}: see above`]),
      ...(original === undefined || JSON.stringify(original) === JSON.stringify(manifest)
        ? []
        : [`expected the manifest of ${newest.set} as its host has it, found another one`]),
    ],
  };
}

async function judgedService(
  name: string,
  { image, program }: DeployedService,
  {
    newest,
    stack,
    transport,
    exported,
    rehearsal,
    ended,
    moments,
    parts,
    ill,
  }: Judged & { parts: ComparedPart[]; ill: readonly string[] },
): Promise<ReturnedService> {
  const { keeps, rows, problems } = dataOf(name, parts);
  const own = ill.filter((one) => one.startsWith(`${name} (`)).map((one) => `expected it to be well, found ${one}`);
  const checks = checksOf(exported, newest.host, name);
  const { faults, at } = await answered(transport, checks);
  const served = Math.max(at, rehearsal.back.get(name) ?? (keeps ? ended : moments.up));
  const isServing = own.length === 0 && faults.length === 0;
  return {
    name,
    program: image === undefined ? (program ?? "") : programOf(stack, image),
    rtoSeconds: isServing ? (served - moments.began) / 1000 : undefined,
    rpoSeconds: keeps ? (moments.began - Date.parse(newest.started)) / 1000 : undefined,
    rows,
    problems: [...problems, ...own, ...faults],
  };
}

/** Asks a service's sites until they answer rightly. @returns what is wrong, and when that was known; 0 where it has no site */
async function answered(
  transport: Transport,
  checks: Pick<SmokeChecksInputs, "requests" | "authority" | "patience">,
): Promise<{ faults: string[]; at: number }> {
  if (checks.requests.length === 0) return { faults: [], at: 0 };
  const found = await siteFaults(transport, checks);
  return { faults: found.filter((fault) => fault !== undefined), at: Date.now() };
}
