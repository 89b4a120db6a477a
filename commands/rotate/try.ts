import { type HttpPlace, requestAt, type Transport } from "@vpai/providers";
import { type Looks, lookUntil } from "../../model/look-until";
import { secretMask } from "../../model/masking";
import { type CommandProof, type HttpProof, type Proof, type Verdict, verdictOf } from "../../model/proof";
import { isContainer, publishedBy } from "../../model/run";
import { type Known, placeOf, type PlacedProof } from "../../platforms/logins";
import type { DeployedHost } from "../stack/hosts";

/** What is asked: hosts by name, each with an open connection. */
export interface Tried extends Known {
  hosts: Readonly<Record<string, DeployedHost>>;
  transportTo: (host: string) => Transport;
}

/** Tries a value, and says what the program makes of it. */
export async function tryValue(placed: PlacedProof, value: string, tried: Tried): Promise<Verdict> {
  try {
    return await verdictAt(placed, value, tried);
  } catch (error) {
    return { unclear: (error as Error).message };
  }
}

/** How often a program is asked that does not say what is expected: a reload takes a moment. */
const LOOKS: Looks = { looks: 5, pause: 5000 };

/** The same until the program says what is expected, for a while. */
export const tryUntil = (
  wanted: Verdict,
  placed: PlacedProof,
  value: string,
  tried: Tried,
  looks = LOOKS,
): Promise<Verdict> =>
  lookUntil(
    () => tryValue(placed, value, tried),
    (verdict) => verdict === wanted,
    looks,
  );

function verdictAt(placed: PlacedProof, value: string, tried: Tried): Promise<Verdict> {
  const { proof } = placed;
  return isHttp(proof) ? overHttp({ ...placed, proof }, value, tried) : byCommand({ ...placed, proof }, value, tried);
}

const isHttp = (proof: Proof): proof is HttpProof => "request" in proof;

async function overHttp(placed: PlacedProof & { proof: HttpProof }, value: string, tried: Tried): Promise<Verdict> {
  const { proof } = placed;
  const { method = "GET", path, headers = {}, body } = proof.request(value);
  const { host, place } = httpPlaceOf(placed, tried);
  const { status } = await requestAt(tried.transportTo(host), place, {
    method,
    path,
    headers: { ...headers, ...(body === undefined ? {} : { "content-type": "application/json" }) },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return verdictOf(proof, status);
}

/** Where the program answers over HTTP. @throws where nobody knows */
function httpPlaceOf(
  { proof, service, host }: PlacedProof & { proof: HttpProof },
  tried: Tried,
): { host: string; place: HttpPlace } {
  if (proof.site !== undefined) {
    const place = placeOf(proof.site, host, tried);
    if (place === undefined)
      throw new Error(`${service.name} on ${host}: expected an address of its site, found none: run make up first`);
    return { host: place.host, place };
  }
  const { port = 0, run } = service;
  const container = tried.hosts[host]?.services[service.name]?.container;
  if (isContainer(run) && container !== undefined) return { host, place: { container, port } };
  const published = publishedBy(run).find((one) => one.port === port);
  if (isContainer(run) || published === undefined)
    throw new Error(`${service.name} on ${host}: expected it to be deployed, found it is not: run make up first`);
  return { host, place: { address: "127.0.0.1", port: published.hostPort } };
}

async function byCommand(
  { proof, service, host }: PlacedProof & { proof: CommandProof },
  value: string,
  tried: Tried,
): Promise<Verdict> {
  const container = tried.hosts[host]?.services[service.name]?.container;
  const inside = container === undefined ? [] : ["docker", "exec", "--interactive", container];
  const stdin = proof.input?.(value) ?? value;
  const { code, stdout, stderr } = await tried.transportTo(host).run([...inside, ...proof.command], { stdin });
  const said = stdout.trim();
  if (code === 0 && (said === "accepted" || said === "refused")) return said;
  // A program may quote what it was given.
  const quoted = secretMask([value])(stderr.trim() || said);
  return { unclear: `its check ended with ${code}: ${quoted}`.slice(0, 300) };
}
