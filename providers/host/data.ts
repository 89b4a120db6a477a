import type { CommandRunner } from "../ssh/transport";

/** Data of a service that one major version of its program alone can read, and what is to read them. */
export interface VersionedData {
  service: string;
  /** What reads them, in words: `PostgreSQL`. */
  program: string;
  /** Absolute path of the data folder on the host; it need not exist. */
  folder: string;
  /** Major version that the image reads. */
  major: number;
  /** Where it has them, below the folder. */
  place: string;
  /** Reference of the image. */
  image: string;
  /** A program of bash that tells what the folder holds: `<major version><tab>…`; nothing where it is empty. */
  find: string;
  /** Whether the host brings data of a lower version into that of the image. */
  migrates: boolean;
}

/** Looks whether images can read the data that are there. @throws one error with every service whose image cannot */
export async function expectReadableData(host: CommandRunner, data: readonly VersionedData[]): Promise<void> {
  const faults = await Promise.all(data.map((one) => faultOf(host, one)));
  const found = faults.filter((fault) => fault !== undefined);
  if (found.length > 0) throw new Error(`${host.name}: ${found.join(". And ")}. Nothing was changed.`);
}

async function faultOf(host: CommandRunner, data: VersionedData): Promise<string | undefined> {
  const { service, program, folder, major, place, image, find, migrates } = data;
  const said = await host.output(["bash", "-s", "--", folder], { stdin: find, reads: true });
  if (said === "") return undefined;
  const [version, where = ""] = said.split("\t");
  const holds = Number(version);
  const expected = `${service}: expected an image of ${program} ${holds}`;
  if (holds > major)
    return (
      `${expected} or higher, as its data in ${folder} are of ${holds}, found ${image}, which cannot read them: keep ` +
      `${program} ${holds}, or go back with the data: make rollback SERVICE=${service}`
    );
  if (holds < major && !migrates)
    return (
      `${expected}, as its data in ${folder} are of ${holds} and this host makes no backups, whose program brings data into ` +
      `another version; found ${image}: keep ${program} ${holds}`
    );
  if (holds === major && where !== place)
    return (
      `${service}: expected its data of ${program} ${major} in ${folder}/${place}, where ${image} looks for them, found them in ` +
      `${folder}/${where}: stop whoever serves them and move them there, or take an image of a higher version, into which they are brought`
    );
  return undefined;
}
