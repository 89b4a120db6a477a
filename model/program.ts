import type { Architecture } from "./stack";

/** A file that a host downloads. What differs from its checksum is refused. */
interface Download {
  url: string;
  /** 64 hexadecimal digits. */
  sha256: string;
}

/** An npm package as published. What differs from its checksum is refused. */
interface PublishedPackage {
  name: string;
  /** As the registry and lock files have it: `sha512-` and Base64. */
  integrity: string;
}

/** How a host comes by a program. Each of them pins the content, or what names it. */
type ProgramSource =
  /** One file, or with `unpack` an archive (`tar.gz`, `tar.xz`) whose single top folder is left out. */
  | {
      kind: "download";
      files: Readonly<Partial<Record<Architecture, Download>>>;
      unpack?: boolean;
      /** Where a single file is put, below the version's folder. Default: `bin/<name of the program>`. */
      file?: string;
    }
  /** Taken out of an image, as the host pulls it: a file as `bin/<name of the program>`, or what lies in a folder whose path ends in `/.`. */
  | { kind: "image"; reference: string; /** Absolute path in the image, of a file or folder. */ path: string }
  /** The packages of a lock file, as published: none of their scripts is run. `bin` has npm's links. `node`: `<name>/<version>` of the runtime. */
  | {
      kind: "npm";
      /** Texts of `package.json` and `package-lock.json`. */ manifest: string;
      lock: string;
      node: string;
    }
  /**
   * One npm package that holds the program as a whole, without what it depends on; its version is the program's. The host's npm, and
   * so the registry that it is set to, gets it. `node`: as for `npm`.
   */
  | { kind: "npm-package"; packages: Readonly<Partial<Record<Architecture, PublishedPackage>>>; node: string }
  /** Commands of Go packages, built on the host with `go`: `<name>/<version>` of the runtime. */
  | { kind: "go"; /** `<package>@<version>`. */ packages: readonly string[]; go: string }
  /** A package of the host's own distribution at this version. Older ones are not kept. */
  | { kind: "apt"; package: string };

/** A program that a host installs into a folder of its version: `<folder of the platform>/programs/<name>/<version>`. */
export interface Program {
  /** Unique on its host. */
  name: string;
  /** Exact. */
  version: string;
  /** Where the host gets it from. */
  source: ProgramSource;
  /** Commands for those who log in: name in `/usr/local/bin` → path below the folder of the version in use. Default: none. */
  commands?: Readonly<Record<string, string>>;
}

/** A program that no unit runs: for those who log in to its host. The version before stays beside it. */
export interface Tool extends Program {
  /** What it is for, in a few words. */
  purpose: string;
  /** Further programs that it is installed with or needs to run. Default: none. */
  runtimes?: readonly Program[];
}

/** Folder of a program below the platform's. */
export const programFolder = (folder: string, { name }: Pick<Program, "name">): string => `${folder}/programs/${name}`;

/** Folder of the version that is in use: a link, which another version takes over at once. */
export const currentFolder = (folder: string, program: Pick<Program, "name">): string =>
  `${programFolder(folder, program)}/current`;
