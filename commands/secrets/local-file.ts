import { readFileSync } from "node:fs";
import { homedir } from "node:os";

/** The bytes of a file that a person named; `~/` is the home directory. @throws when it cannot be read */
export const readBytes = (file: string): Buffer =>
  readFileSync(file.startsWith("~/") ? `${homedir()}${file.slice(1)}` : file);

/** The text of such a file, with all that is in it. @throws when it is not UTF-8; the error quotes nothing of it */
export const readText = (file: string): string => {
  const bytes = readBytes(file);
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new Error(`expected UTF-8 text in ${file}, found other bytes; convert the file (iconv -t UTF-8)`);
  }
};
