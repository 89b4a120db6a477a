import { isObject } from "./engine-answer.ts";
import { forbidden } from "./refusal.ts";
import type { Settings } from "./settings.ts";

/** A JSON object of a client. */
export type Json = Readonly<Record<string, unknown>>;

/** Where a sandbox's files lie: in memory, and gone with it. */
const WORKDIR = "/workspace";

/** User and group of every process in a sandbox. */
export const USER = "1000:1000";

/** The one program that a sandbox itself runs; what is to be done in it comes as commands. */
const COMMAND = ["sleep", "infinity"];

const TEMPORARY = ["/tmp", "/var/tmp", "/run"];

const MIB = 1024 * 1024;

/** Whether a value may stand at its place. */
type Rule = (value: unknown) => boolean;

const same =
  (...allowed: readonly unknown[]): Rule =>
  (value) =>
    allowed.some((one) => JSON.stringify(one) === JSON.stringify(value));

const upTo =
  (most: number): Rule =>
  (value) =>
    typeof value === "number" && value > 0 && value <= most;

const texts: Rule = (value) => Array.isArray(value) && value.every((one) => typeof one === "string");

const flag: Rule = (value) => typeof value === "boolean";

const anything: Rule = () => true;

/** Nothing is asked for: what a client that leaves an option out sends in its place. */
const isEmpty = (value: unknown): boolean =>
  value === null || value === undefined || value === "" || value === 0 || value === false || emptyInside(value);

/** A structure, whose keys begin with a capital; a key of a map, such as a path, is itself an option. */
const emptyInside = (value: unknown): boolean =>
  (Array.isArray(value) && value.every(isEmpty)) ||
  (isObject(value) && Object.entries(value).every(([key, inner]) => /^[A-Z]/.test(key) && isEmpty(inner)));

/** Every option that is not empty needs a rule that allows it. @throws {Refusal} that names the first one that has none */
function expectAllowed(where: string, request: unknown, rules: Readonly<Record<string, Rule>>): void {
  if (!isObject(request)) throw forbidden(`${where} as a JSON object`, request);
  for (const [key, value] of Object.entries(request)) {
    if (isEmpty(value)) continue;
    const rule = Object.hasOwn(rules, key) ? rules[key] : undefined;
    if (rule?.(value) !== true) throw forbidden(`${where}.${key} ${rule ? "as sandboxes have it" : "left out"}`, value);
  }
}

/**
 * What the engine gets when a client asks for a sandbox: made from the settings alone. A request for anything else is refused,
 * and nothing of it but environment and labels is passed on.
 * @throws {Refusal} for what no sandbox has
 */
export function sandboxFrom(request: unknown, imageId: string, settings: Settings): object {
  expectAllowed("container", request, containerRules(settings));
  const { HostConfig = {}, NetworkingConfig, Env, Labels, Image } = request as Json;
  if (Image !== settings.image) throw forbidden(`the image ${settings.image}`, Image);
  expectAllowed("HostConfig", HostConfig, hostRules(settings));
  const network = (HostConfig as Json)["NetworkMode"];
  if (network !== settings.network) throw forbidden(`the network ${settings.network}`, network);
  const EndpointsConfig = isObject(NetworkingConfig) ? NetworkingConfig["EndpointsConfig"] : undefined;
  const others = Object.entries(EndpointsConfig ?? {}).filter(
    ([name, how]) => name !== settings.network || !isEmpty(how),
  );
  if (others.length > 0) throw forbidden(`the network ${settings.network} alone`, Object.fromEntries(others));
  return {
    Image: imageId,
    Cmd: COMMAND,
    User: USER,
    WorkingDir: WORKDIR,
    // What is empty may have any form.
    Env: texts(Env) ? Env : [],
    Labels: { ...(isObject(Labels) ? Labels : {}), "dev.vpai.sandbox": settings.owner },
    Healthcheck: { Test: ["NONE"] },
    HostConfig: hostConfig(settings),
  };
}

const hostConfig = ({ network, memoryMiB, cpus, pids }: Settings): object => ({
  NetworkMode: network,
  Memory: memoryMiB * MIB,
  MemorySwap: memoryMiB * MIB,
  NanoCpus: cpus * 1e9,
  PidsLimit: pids,
  CapDrop: ["ALL"],
  SecurityOpt: ["no-new-privileges"],
  ReadonlyRootfs: true,
  Tmpfs: {
    ...Object.fromEntries(TEMPORARY.map((folder) => [folder, "mode=1777"])),
    [WORKDIR]: `mode=0700,${USER.replace(/^(\d+):(\d+)$/, "uid=$1,gid=$2")}`,
  },
  // Where the host runs out of memory, its kernel takes these first.
  OomScoreAdj: 500,
  LogConfig: { Type: "json-file", Config: { "max-size": "1m", "max-file": "1" } },
  RestartPolicy: { Name: "no" },
});

const containerRules = ({ image }: Settings): Record<string, Rule> => ({
  Image: same(image),
  Cmd: same(COMMAND),
  User: same(USER),
  WorkingDir: same(WORKDIR),
  Env: texts,
  Labels: (value) =>
    isObject(value) &&
    Object.entries(value).every(([name, said]) => name.startsWith("openclaw.") && typeof said === "string"),
  // What the client itself does with the container's output.
  AttachStdout: anything,
  AttachStderr: anything,
  HostConfig: isObject,
  NetworkingConfig: (value) => isObject(value) && Object.keys(value).every((key) => key === "EndpointsConfig"),
});

const hostRules = ({ network, memoryMiB, cpus, pids, workspaces }: Settings): Record<string, Rule> => ({
  NetworkMode: same(network),
  Memory: upTo(memoryMiB * MIB),
  MemorySwap: upTo(memoryMiB * MIB),
  // The client's word for the engine's own choice.
  MemorySwappiness: same(-1),
  NanoCpus: upTo(cpus * 1e9),
  PidsLimit: upTo(pids),
  CapDrop: same(["ALL"]),
  SecurityOpt: same(["no-new-privileges"]),
  ReadonlyRootfs: same(true),
  RestartPolicy: (value) => isObject(value) && same("no")(value["Name"]) && isEmpty(value["MaximumRetryCount"]),
  Tmpfs: (value) => isObject(value) && Object.keys(value).every((folder) => TEMPORARY.includes(folder)),
  // Size of the client's own terminal.
  ConsoleSize: anything,
  // The client's workspace is not mounted: the sandbox gets a folder of its own in its place.
  Binds: (value) => texts(value) && (value as string[]).every((bind) => isWorkspace(bind, workspaces)),
});

function isWorkspace(bind: string, workspaces: string): boolean {
  const [source = "", target, ...options] = bind.split(":");
  return source.startsWith(`${workspaces}/`) && !source.includes("..") && target === WORKDIR && options.length === 0;
}

/** Those members that a rule allows. */
const only = (rule: Rule, members: Json): Json =>
  Object.fromEntries(Object.entries(members).filter(([, one]) => rule(one)));

/** A command that a client asks to run in a sandbox, as the engine is asked for it. @throws {Refusal} for rights beyond it */
export function commandFrom(request: unknown): Json {
  expectAllowed("exec", request, {
    User: same(USER),
    Tty: flag,
    AttachStdin: flag,
    AttachStdout: flag,
    AttachStderr: flag,
    DetachKeys: (value) => typeof value === "string",
    Env: texts,
    WorkingDir: (value) => typeof value === "string",
    Cmd: texts,
    ConsoleSize: anything,
  });
  const { Tty, AttachStdin, AttachStdout, AttachStderr, Env, WorkingDir, Cmd } = request as Json;
  return {
    // What is empty may have any form.
    ...only(flag, { Tty, AttachStdin, AttachStdout, AttachStderr }),
    ...only(texts, { Env, Cmd }),
    ...(typeof WorkingDir === "string" ? { WorkingDir } : {}),
    User: USER,
  };
}
