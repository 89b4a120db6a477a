import { registryOf } from "../../model/registry";
import { roomFor } from "../host/image-room";
import { ENGINE_AWAY } from "../ssh/engine-away";
import { NO_ROOM } from "../ssh/failure";
import type { CommandRunner } from "../ssh/transport";
import { type EngineHost, type EngineLogin, pullWithLogin, tryLogin } from "./engine/api";
import { accessRefused, causeOf, diskFilled, imageRefused, loginRefused, type RegistryLogin } from "./pull-problem";

export type { RegistryLogin };

/** The id of an image that the engine has; undefined when it has none by that name. */
export async function imageIdOf(host: CommandRunner, reference: string): Promise<string | undefined> {
  const answer = await host.run(["docker", "image", "inspect", "--format", "{{.Id}}", "--", reference]);
  if (answer.code === 0) return answer.stdout.trim();
  if (/no such (image|object)/i.test(answer.stderr)) return undefined;
  throw new Error(`${host.name}: docker inspect of the image ${reference} failed: ${answer.stderr.trim()}`);
}

/**
 * Pulls an image on a host, with the login at its registry where there is one.
 * @param logins the stack's logins, of which the reference's registry gets its own
 * @returns the engine's own name of the content, `sha256:…`
 * @throws when it cannot be had: the cause, what was answered, what to do
 */
export async function pullImage(
  host: EngineHost,
  reference: string,
  logins: readonly RegistryLogin[] = [],
): Promise<string> {
  const login = logins.find(({ registry }) => registry === registryOf(reference));
  const problem = await (login === undefined ? pull(host, reference) : pullAs(login, host, reference));
  const id = problem === undefined ? await imageIdOf(host, reference) : undefined;
  if (id !== undefined) return id;
  const found = problem ?? "it is not there after the pull: run up again";
  throw new Error(`${host.name}: expected to pull the image ${reference}, found: ${found}.`);
}

/** As whoever the host's own Docker knows, which may have logged in there by hand. @returns why not, and what to do */
async function pull(host: CommandRunner, reference: string): Promise<string | undefined> {
  const { code, stderr } = await host.run(["docker", "pull", "--quiet", "--", reference]);
  if (code === 0) return undefined;
  // No registry was asked: it is for those who wait for an engine.
  if (ENGINE_AWAY.test(stderr)) throw new Error(`${host.name}: docker pull of ${reference} failed: ${stderr.trim()}`);
  return whyNot(host, stderr, reference);
}

/** Why an image did not come, by what the engine said, and what to do. */
const whyNot = async (host: CommandRunner, said: string, reference: string): Promise<string> =>
  NO_ROOM.test(said) ? diskFilled(said, (await roomFor(host, reference)).free) : causeOf(said, reference);

/** @returns why not, and what to do */
async function pullAs(login: RegistryLogin, host: EngineHost, reference: string): Promise<string | undefined> {
  const engineLogin = engineLoginOf(login);
  const said = await pullWithLogin(host, partsOf(reference), engineLogin);
  if (said === undefined) return undefined;
  if (!accessRefused(said)) return whyNot(host, said, reference);
  // Of the image alone a registry says the same to a wrong password and to a missing right.
  const refusal = await tryLogin(host, engineLogin);
  if (refusal === undefined) return imageRefused(login, said);
  return accessRefused(refusal) ? loginRefused(login, refusal) : causeOf(refusal, reference);
}

const engineLoginOf = ({ registry, user, password }: RegistryLogin): EngineLogin => ({
  username: user,
  password,
  serveraddress: registry === "docker.io" ? "https://index.docker.io/v1/" : registry,
});

/** The engine takes a digest in the tag's place; the tag beside it says nothing then. */
function partsOf(reference: string): { name: string; version: string } {
  const [tagged = "", digest] = reference.split("@");
  const colon = tagged.indexOf(":", tagged.lastIndexOf("/"));
  const [name, tag] = colon < 0 ? [tagged, "latest"] : [tagged.slice(0, colon), tagged.slice(colon + 1)];
  return { name, version: digest ?? tag };
}
