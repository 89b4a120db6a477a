import { existsSync, readFileSync } from "node:fs";

/**
 * The backend that pulumi's logins name as the one in use; undefined where nobody has logged in.
 * @param file pulumi's `credentials.json`, whether it is there or not
 */
export function currentLogin(file: string): string | undefined {
  if (!existsSync(file)) return undefined;
  try {
    return (JSON.parse(readFileSync(file, "utf8")) as { current?: string }).current || undefined;
  } catch {
    // The parser's own message quotes the text, which holds tokens.
    throw new Error(`expected the logins of pulumi in ${file}, found no JSON: remove the file, and log in again`);
  }
}
