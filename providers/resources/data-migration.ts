import type { Kind } from "../implementation";
import { resourceOf } from "../resource";
import type { Connection } from "../ssh/connection";
import { CommandError, Transport, transportTo } from "../ssh/transport";

/** Data that the service's image can read: those of a lower major version are brought into that of the image before its container comes. */
export interface DataMigrationInputs {
  connection: Connection;
  /** The container's name. */
  container: string;
  /** The service's name. */
  service: string;
  /** What reads the data, in words: `PostgreSQL`. */
  program: string;
  /** Major version that the image reads. */
  major: number;
  /** The image's id. */
  image: string;
  /** Reference of the image. */
  reference: string;
  /** The release that was made before the image; empty where none was. */
  release: string;
  /** Command of the host's backups, without what that does there. */
  command: string[];
  /** What a run found that calls for another look at the data, and when. Default: nothing. */
  found?: string;
}

interface DataMigrationState extends DataMigrationInputs {
  /** Bytes of the data when they were looked at last. */
  bytes: number;
}

/** Milliseconds that a host may take to say how large the data are: a preview does without. */
const PATIENCE = 5_000;

export const dataMigrationKind: Kind<DataMigrationInputs, DataMigrationState> = {
  version: 1,
  identity: ["container"],
  added: ["found"],
  title: ({ service, connection }) => `data of ${service} on ${connection.host}`,
  async announce(before, inputs) {
    if (before.major === inputs.major) return undefined;
    const seen = await holds(before).catch(() => undefined);
    const major = seen?.major ?? before.major;
    const size = seen === undefined ? "" : ` (${mebibytes(seen.bytes)})`;
    const { service, program, reference, connection } = inputs;
    const which = `${service} on ${connection.host}: its data are those of ${program} ${major}${size}`;
    if (major === inputs.major) return undefined;
    if (major > inputs.major)
      return `${which}, which ${reference} cannot read: \`up\` refuses it. ${goBack(service)} goes back with the data.`;
    return (
      `${which}. \`up\` copies them, and brings them into ${program} ${inputs.major} (${reference}): ${service} is down meanwhile. ` +
      `The data of before are kept beside the new ones, and ${goBack(service)} goes back to them.`
    );
  },
  async ensure(inputs) {
    const { command, service, image, reference, release } = inputs;
    const host = transportTo(inputs.connection);
    try {
      const said = await host.output([
        ...command,
        "migrate",
        service,
        image,
        reference,
        release === "" ? "-" : release,
      ]);
      if (said.includes("\n", said.indexOf("\n") + 1)) console.log(said.trimEnd());
      return { ...inputs, bytes: Number(/data of version \d+, (\d+) bytes/.exec(said)?.[1] ?? 0) };
    } catch (error) {
      if (!(error instanceof CommandError)) throw error;
      const { stdout, stderr } = error.answer;
      throw new Error(
        `${service} on ${inputs.connection.host}: expected data that ${reference} reads, found that there are none: ` +
          `${(stderr.trim() || stdout.trim()).replace(/^backup: /gm, "")}`,
        { cause: error },
      );
    }
  },
  /** They say how it was at the last look: how much there is does not call for another one. */
  observe: (state) => Promise.resolve(state),
  async remove() {
    // Data stay.
  },
};

const goBack = (service: string): string => `\`make rollback SERVICE=${service}\``;

const mebibytes = (bytes: number): string => `${Math.ceil(bytes / 1_048_576)} MiB`;

/** What the host holds now; undefined where there is nothing. */
async function holds({
  connection,
  command,
  service,
}: DataMigrationInputs): Promise<{ major: number; bytes: number } | undefined> {
  const host = new Transport(connection, PATIENCE);
  try {
    const [major, , bytes] = (await host.output([...command, "holds", service], { reads: true })).split("\t");
    return major === undefined || bytes === undefined ? undefined : { major: Number(major), bytes: Number(bytes) };
  } finally {
    host.close();
  }
}

/** Opens when the service's data are those that its image reads. */
export class DataMigration extends resourceOf(dataMigrationKind, {
  type: "vpai/host:DataMigration",
  name: "dataMigration",
  outputs: { bytes: "plain" },
}) {}
