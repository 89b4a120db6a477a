import { type Input, interpolate, output, type Resource } from "@pulumi/pulumi";
import { HostProgram, type ProgramSourceOnHost } from "@vpai/providers";
import { UserError } from "../../model/finding";
import { type Program, programFolder } from "../../model/program";
import type { Architecture } from "../../model/stack";
import type { HostContext } from "../host-context";

/** Where programs run that others are installed with, below their version's folder: the archives of Node and Go have it so. */
const BIN = "bin";

/** Where and for whom a program is installed. */
interface Installation {
  host: HostContext;
  parent: Resource;
  /** Who puts it in use. Default: it is a runtime, used by the name of its version. */
  use?: "unit" | "runtime" | "tool";
  /** Programs that it may be installed with. Default: none. */
  runtimes?: readonly HostProgram[];
}

/** Installs a program on a host. @param name of the resource */
export function hostProgram(
  name: string,
  program: Program,
  { host, parent, use = "runtime", runtimes = [] }: Installation,
): HostProgram {
  const { source, dependsOn } = sourceOf(program, host);
  return new HostProgram(
    name,
    {
      connection: host.connection,
      folder: programFolder(host.folder, program),
      release: program.version,
      source,
      commands: { ...program.commands },
      use,
    },
    { parent, dependsOn: [...dependsOn, ...runtimes], hooks: host.beforeChange },
  );
}

/** A source, and what has to happen first. */
interface Sourced {
  source: Input<ProgramSourceOnHost>;
  dependsOn: Resource[];
}

/** How this host comes by a program: as its machine has it, else as the program says. @throws UserError for another processor's */
function sourceOf({ name, source, version }: Program, host: HostContext): Sourced {
  const image = host.machine.programImage?.(name);
  if (image !== undefined) return fromImage(image, FOLDER_IN_IMAGE, host, name);
  switch (source.kind) {
    case "image":
      return fromImage(source.reference, source.path, host, name);
    case "download": {
      const { files, unpack = false, file = `${BIN}/${name}` } = source;
      const found = forProcessor(files, `${name} ${version}`, host);
      return { source: { kind: "download", ...found, unpack, file }, dependsOn: [] };
    }
    case "npm-package": {
      const { name: found, integrity } = forProcessor(source.packages, `${name} ${version}`, host);
      const published = { package: `${found}@${version}`, integrity, path: binOf(source.node, host) };
      return { source: { kind: "npm-package", ...published }, dependsOn: [] };
    }
    case "npm":
      return {
        source: { ...source, path: binOf(source.node, host) },
        dependsOn: [],
      };
    case "go":
      return { source: { kind: "go", packages: [...source.packages], path: binOf(source.go, host) }, dependsOn: [] };
    case "apt":
      return { source, dependsOn: [] };
  }
}

/** What there is for a host's processor. @throws UserError when there is nothing */
function forProcessor<T>(there: Readonly<Partial<Record<Architecture, T>>>, program: string, host: HostContext): T {
  const found = there[host.architecture];
  if (found !== undefined) return found;
  throw new UserError(
    `${program} for ${host.owner.host}: expected a download for ${host.architecture}, ` +
      `found ${Object.keys(there).join(", ") || "none"}: add it with its checksum`,
  );
}

/** Where an image that was made for it alone has a program. */
const FOLDER_IN_IMAGE = "/opt/program/.";

function fromImage(reference: string, path: string, { machine }: HostContext, name: string): Sourced {
  const { digest, dependsOn } = machine.imageSource(reference);
  const file = path.endsWith("/.") ? "." : `${BIN}/${name}`;
  const pinned = digest === undefined ? output(reference) : interpolate`${reference}@${digest}`;
  const sourceFrom = (found: string): ProgramSourceOnHost => ({ kind: "image", reference: found, path, file });
  return { source: pinned.apply(sourceFrom), dependsOn };
}

/** @param runtime `<name>/<version>` */
const binOf = (runtime: string, { folder }: HostContext): string => `${folder}/programs/${runtime}/${BIN}`;
