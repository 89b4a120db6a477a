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
  /**
   * Commands for those who log in: name in /usr/local/bin, path below the version's folder. With any, `current` leads to this
   * version; a program without is put in use by its unit.
   */
  commands: Record<string, string>;
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

const LINK = `set -eu
folder=$1 version=$2; shift 2
ln -sfn "$version" "$folder/.current"; mv -fT "$folder/.current" "$folder/current"
while [ $# -gt 0 ]; do
  command=/usr/local/bin/$1
  if [ -e "$command" ] && ! [ -L "$command" ]; then
    echo "expected a link of ours or nothing at $command, found a file: remove it, then run up again" >&2; exit 45
  fi
  ln -sfn "$folder/current/$2" "$command"; shift 2
done`;

/** Prints the links that lead to the version. */
const LINKED = `folder=$1 version=$2; shift 2
[ "$(readlink "$folder/current")" = "$version" ] || exit 0
while [ $# -gt 0 ]; do
  [ "$(readlink "/usr/local/bin/$1")" != "$folder/current/$2" ] || echo "$1"
  shift 2
done`;

const REMOVE = `set -eu
folder=$1; shift
for command; do
  case $(readlink "/usr/local/bin/$command" || true) in "$folder"/*) rm -f "/usr/local/bin/$command";; esac
done
rm -rf "$folder"`;

export const hostProgramKind: Kind<HostProgramInputs, HostProgramState> = {
  version: 1,
  identity: ["folder"],
  title: ({ folder, release, connection }) => `${folder} ${release} on ${connection.host}`,
  async ensure(inputs, before) {
    const host = transportTo(inputs.connection);
    const known = await installedFrom(host, placeOf(inputs), inputs.source);
    const found = await digestOf(host, placeOf(inputs));
    const isThere = found !== undefined && found === known;
    const digest = isThere ? found : await installAnew(host, inputs);
    if (Object.keys(inputs.commands).length > 0)
      await host.script(LINK, [inputs.folder, inputs.release, ...Object.entries(inputs.commands).flat()]);
    const isSame = isThere && before?.digest === digest && before.release === inputs.release;
    return { ...inputs, digest, installedAt: isSame ? before.installedAt : new Date().toISOString() };
  },
  async observe(state) {
    const host = transportTo(state.connection);
    const digest = await digestOf(host, placeOf(state));
    if (digest === undefined) return undefined;
    const linked = await linkedCommands(host, state);
    const content = digest === state.digest ? state.content : CHANGED;
    return { ...state, digest, commands: linked, content };
  },
  async remove({ connection, folder, commands }) {
    await transportTo(connection).script(REMOVE, [folder, ...Object.keys(commands)]);
  },
};

const placeOf = ({ folder, release }: Pick<HostProgramInputs, "folder" | "release">): Installed => ({
  folder,
  version: release,
});

/** What a refresh notes of a folder that somebody changed. */
const CHANGED = "changed by hand";

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
  { folder, release, commands }: HostProgramState,
): Promise<Record<string, string>> {
  const asked = Object.entries(commands);
  if (asked.length === 0) return {};
  const names = new Set((await host.script(LINKED, [folder, release, ...asked.flat()])).split("\n"));
  return Object.fromEntries(asked.filter(([name]) => names.has(name)));
}

/** A program in a folder of its version, installed from a pinned source, its content kept. */
export class HostProgram extends resourceOf(hostProgramKind, {
  type: "vpai/host:Program",
  name: "hostProgram",
  defaults: { commands: {}, content: "as installed" },
  outputs: { digest: "plain", installedAt: "plain" },
}) {}
