import type { Kind } from "../implementation";
import { resourceOf } from "../resource";
import type { Connection } from "../ssh/connection";
import { type Transport, transportTo } from "../ssh/transport";
import { digestOf, install, type Installed, installedFrom, noteInstalled, type Source } from "../systemd/installation";

/** A version of a program on a host. Others may stay beside it: the one before may have to serve again. */
export interface HostProgramInputs {
  connection: Connection;
  /** Absolute path of the folder of all its versions. */
  folder: string;
  /** Version of the program; `version` itself is the implementation's in every state. */
  release: string;
  source: Source;
  /** Commands for those who log in: name in /usr/local/bin, path below the folder of the version that `current` leads to. */
  commands: Record<string, string>;
  /**
   * Who puts a version in use, by the link `current`: its `unit`, when it starts it; or this resource at once, for a `tool`, of which
   * the version before stays, and for a `runtime`, of which every version stays that a unit may come back to. Default in the
   * resource: `runtime`.
   */
  use: "unit" | "runtime" | "tool";
  /** What the version's folder holds. */
  content: "as installed";
}

export interface HostProgramState extends Omit<HostProgramInputs, "content"> {
  content: string;
  /** Names the content of the version's folder. */
  digest: string;
  /** When it was installed, ISO 8601. A repair counts: what runs it has to be started again. */
  installedAt: string;
}

/** Puts a version in use. Prints what was in use before, where that is another one. */
const USE = `set -eu
before=$(readlink "$1/current" || true)
[ "$before" = "$2" ] && exit
ln -sfn "$2" "$1/.current"; mv -fT "$1/.current" "$1/current"
echo "$before"`;

/** Removes the versions of a program but two. Arguments: folder, the versions that stay. */
const PRUNE = `set -eu
cd "$1"
for version in *; do
  case $version in "$2"|"$3"|current) ;; *) rm -rf "$version" ".$version.installed";; esac
done`;

/** Arguments: folder, then pairs of a command's name and its path. */
const LINK = `set -eu
folder=$1; shift
while [ $# -gt 0 ]; do
  command=/usr/local/bin/$1
  if [ -e "$command" ] && ! [ -L "$command" ]; then
    echo "expected a link of ours or nothing at $command, found a file: remove it, then run up again" >&2; exit 45
  fi
  ln -sfn "$folder/current/$2" "$command"; shift 2
done`;

/** Prints the commands that lead to the program. Arguments: folder, then pairs of a command's name and its path. */
const LINKED = `folder=$1; shift
while [ $# -gt 0 ]; do
  [ "$(readlink "/usr/local/bin/$1")" != "$folder/current/$2" ] || echo "$1"
  shift 2
done`;

/** Takes commands away that lead to the program. Arguments: folder, names. */
const UNLINK = `set -eu
folder=$1; shift
for command; do
  case $(readlink "/usr/local/bin/$command" || true) in "$folder"/*) rm -f "/usr/local/bin/$command";; esac
done`;

export const hostProgramKind: Kind<HostProgramInputs, HostProgramState> = {
  version: 1,
  identity: ["folder"],
  added: ["use"],
  title: ({ folder, release, connection }) => `${folder} ${release} on ${connection.host}`,
  async ensure(inputs, before) {
    const host = transportTo(inputs.connection);
    const known = await installedFrom(host, placeOf(inputs), inputs.source);
    const found = await digestOf(host, placeOf(inputs));
    const isThere = found !== undefined && found === known;
    const digest = isThere ? found : await installAnew(host, inputs);
    await putInUse(host, inputs);
    await linkCommands(host, inputs, before);
    const isSame = isThere && before?.digest === digest && before.release === inputs.release;
    return { ...inputs, digest, installedAt: isSame ? before.installedAt : new Date().toISOString() };
  },
  async observe(state) {
    const host = transportTo(state.connection);
    const digest = await digestOf(host, placeOf(state));
    if (digest === undefined) return undefined;
    const [commands, isUsed] = await Promise.all([linkedCommands(host, state), isInUse(host, state)]);
    const content = digest !== state.digest ? CHANGED : isUsed ? state.content : UNUSED;
    return { ...state, digest, commands, content };
  },
  async remove({ connection, folder, commands }) {
    const host = transportTo(connection);
    await host.script(UNLINK, [folder, ...Object.keys(commands)]);
    await host.output(["rm", "-rf", "--", folder]);
  },
};

const placeOf = ({ folder, release }: Pick<HostProgramInputs, "folder" | "release">): Installed => ({
  folder,
  version: release,
});

/** What a refresh notes of a folder that somebody changed. */
const CHANGED = "changed by hand";

/** The same where another version was put in use. */
const UNUSED = "not in use";

/** A unit's program is put in use by its unit. */
async function putInUse(host: Transport, { folder, release, use }: HostProgramInputs): Promise<void> {
  if (use === "unit") return;
  const before = (await host.script(USE, [folder, release])).trim();
  if (use === "tool" && before !== "") await host.script(PRUNE, [folder, release, before]);
}

async function isInUse(host: Transport, { folder, release, use }: HostProgramState): Promise<boolean> {
  if (use === "unit") return true;
  return (await host.run(["readlink", `${folder}/current`], { reads: true })).stdout.trim() === release;
}

async function linkCommands(host: Transport, inputs: HostProgramInputs, before?: HostProgramState): Promise<void> {
  const { folder, commands } = inputs;
  const gone = Object.keys(before?.commands ?? {}).filter((name) => !(name in commands));
  if (gone.length > 0) await host.script(UNLINK, [folder, ...gone]);
  if (Object.keys(commands).length > 0) await host.script(LINK, [folder, ...Object.entries(commands).flat()]);
}

async function installAnew(host: Transport, inputs: HostProgramInputs): Promise<string> {
  await install(host, placeOf(inputs), inputs.source);
  const digest = await digestOf(host, placeOf(inputs));
  if (digest === undefined)
    throw new Error(`${host.name}: expected ${inputs.folder}/${inputs.release} after its installation, found nothing`);
  await noteInstalled(host, placeOf(inputs), inputs.source, digest);
  return digest;
}

async function linkedCommands(
  host: Transport,
  { folder, commands }: HostProgramState,
): Promise<Record<string, string>> {
  const asked = Object.entries(commands);
  if (asked.length === 0) return {};
  const names = new Set((await host.script(LINKED, [folder, ...asked.flat()])).split("\n"));
  return Object.fromEntries(asked.filter(([name]) => names.has(name)));
}

/** A program in a folder of its version, installed from a pinned source, its content kept. */
export class HostProgram extends resourceOf(hostProgramKind, {
  type: "vpai/host:Program",
  name: "hostProgram",
  defaults: { commands: {}, use: "runtime", content: "as installed" },
  outputs: { digest: "plain", installedAt: "plain" },
}) {}
