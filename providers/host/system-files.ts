import type { Transport } from "../ssh/transport";

/** A file of the system that a layer of a host writes as a whole. */
export interface SystemFile {
  /** Absolute. */
  path: string;
  /** Octal: `0644`. */
  mode: string;
  content: string;
}

/** Files as the scripts that put them take them: path, mode and content of each. */
export const fileArguments = (files: readonly SystemFile[]): string[] =>
  files.flatMap(({ path, mode, content }) => [path, mode, content]);

/** The command that prints a file as it is compared; it fails where the file is not there. */
type Printing = (path: string) => readonly string[];

const whole: Printing = (path) => ["cat", "--", path];

/** How files on a host differ from what they are to be, a line each. @param printing default: the whole of a file */
export async function fileDifferences(
  host: Transport,
  files: readonly Pick<SystemFile, "path" | "content">[],
  printing = whole,
): Promise<string[]> {
  const found = await Promise.all(
    files.map(async ({ path, content }) => {
      const { code, stdout } = await host.run([...printing(path)], { reads: true });
      return code === 0 && stdout === content ? [] : [`${path}: ${code === 0 ? "another text" : "not there"}`];
    }),
  );
  return found.flat();
}
