import { writeFile } from "../host/write-file";
import type { Kind } from "../implementation";
import { resourceOf } from "../resource";
import type { Connection } from "../ssh/connection";
import { transportTo } from "../ssh/transport";

/** A file on a host. */
export interface RemoteFileInputs {
  connection: Connection;
  /** Absolute path on the host. Missing folders are made, owned by root, mode 0755. */
  path: string;
  /** The file's text, written byte for byte as UTF-8. */
  content: string;
  /** Owner as `uid:gid`, numbers. Default in the resource: `0:0`. */
  owner: string;
  /** Permissions, four octal digits, e.g. `0644`. */
  mode: string;
  /**
   * Command that must accept the new content before it takes effect; `{}` stands for the path of the candidate
   * file, which has the final owner and mode.
   */
  validate?: string[];
  /** Why a later content is refused, a sentence without its full stop. Default: every content is taken. */
  bound?: string;
}

export interface RemoteFileState extends RemoteFileInputs {
  /** When this content was written, ISO 8601. A repair counts: what read the file meanwhile has to read it again. */
  writtenAt: string;
}

const READ = `set -eu
[ -e "$1" ] || exit 44
stat -c '%u:%g %04a' -- "$1"
base64 -w0 -- "$1"`;

/** Exit code of READ for a file that is not there. */
const GONE = 44;

export const remoteFileKind: Kind<RemoteFileInputs, RemoteFileState> = {
  version: 1,
  identity: ["path"],
  added: ["validate", "bound"],
  check: ({ path, owner, mode }) => [
    ...(path.startsWith("/")
      ? []
      : [{ property: "path" as const, reason: `expected an absolute path, found ${path}` }]),
    ...(/^\d+:\d+$/.test(owner)
      ? []
      : [{ property: "owner" as const, reason: `expected uid:gid in numbers, found ${owner}` }]),
    ...(/^[0-7]{4}$/.test(mode)
      ? []
      : [{ property: "mode" as const, reason: `expected four octal digits, found ${mode}` }]),
  ],
  async ensure(inputs, before) {
    refuseAnother(inputs, before);
    const since = await writeFile(transportTo(inputs.connection), inputs);
    return { ...inputs, writtenAt: before?.content === inputs.content ? before.writtenAt : moment(since) };
  },
  async observe(state) {
    const answer = await transportTo(state.connection).run(["sh", "-c", READ, "vpai", state.path]);
    if (answer.code === GONE) return undefined;
    const [attributes = "", encoded = ""] = answer.stdout.split("\n");
    if (answer.code !== 0 || attributes === "") {
      throw new Error(`cannot read ${state.path} on ${state.connection.host}: ${answer.stderr.trim()}`);
    }
    const [owner = "", mode = ""] = attributes.split(" ");
    const content = Buffer.from(encoded, "base64").toString("utf8");
    const isBroken = state.bound !== undefined && content !== state.content;
    return { ...state, owner, mode: mode.padStart(4, "0"), content: isBroken ? BROKEN : content };
  },
  async remove(state) {
    await transportTo(state.connection).output(["rm", "-f", "--", state.path]);
  },
};

/** @param since seconds since 1970, of a file that was there already; undefined for one that was written now */
const moment = (since: number | undefined): string =>
  (since === undefined ? new Date() : new Date(since * 1000)).toISOString();

/** What a refresh notes of a bound file that somebody changed: it may be put back. */
const BROKEN = "";

function refuseAnother({ bound, path, content, connection }: RemoteFileInputs, before?: RemoteFileState): void {
  if (bound === undefined || before === undefined || [content, BROKEN].includes(before.content)) return;
  throw new Error(
    `${bound}. Give it the value of before again; one that the stack made comes back once it is out of the stack's file. ` +
      `To write the new one all the same, remove ${path} on ${connection.host}, then run \`refresh\` and \`up\``,
  );
}

/** A file on a host: validated, written atomically, its content, owner and mode kept. */
export class RemoteFile extends resourceOf(remoteFileKind, {
  type: "vpai/host:RemoteFile",
  name: "remoteFile",
  defaults: { owner: "0:0" },
  outputs: { writtenAt: "plain" },
}) {}
