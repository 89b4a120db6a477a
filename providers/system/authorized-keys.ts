import { createHash } from "node:crypto";

/** A line of `authorized_keys` that holds a key, whatever options stand before it. */
const KEY = /(?:^|\s)((?:ssh|ecdsa|sk-ssh|sk-ecdsa)-[a-z0-9@.-]+) ([A-Za-z0-9+/=]+)(?:\s|$)/;

/** Type and text of a key, without options and comment; undefined for a line that holds none. */
export const keyIn = (line: string): string | undefined => {
  if (line.trimStart().startsWith("#")) return undefined;
  const [, type, blob] = KEY.exec(line) ?? [];
  return type === undefined || blob === undefined ? undefined : `${type} ${blob}`;
};

const linesOf = (file: string): string[] => file.split("\n").filter((line) => line.trim() !== "");

/** Declared keys that a file lets in, in the order of the declaration. One with options before it is not let in as declared. */
export const declaredIn = (file: string, keys: readonly string[]): string[] => {
  const plain = new Set(
    linesOf(file)
      .filter((line) => line.startsWith(keyIn(line) ?? "\n"))
      .map(keyIn),
  );
  return keys.filter((key) => plain.has(key));
};

/** Whether a line lets a job in for one command, under one of these comments: the resource of that key looks after it. */
const isOfVisitor = (line: string, visitors: readonly string[]): boolean =>
  line.startsWith("restrict,command=") && visitors.some((comment) => line.endsWith(` ${comment}`));

/** Keys of a file that are not declared, as `SHA256:… comment`: what people compare keys by. @param visitors comments of jobs' keys */
export const othersIn = (file: string, keys: readonly string[], visitors: readonly string[] = []): string[] =>
  linesOf(file).flatMap((line) => {
    const key = keyIn(line);
    return key === undefined || keys.includes(key) || isOfVisitor(line, visitors) ? [] : [described(line, key)];
  });

const described = (line: string, key: string): string => {
  const blob = Buffer.from(key.slice(key.indexOf(" ") + 1), "base64");
  const fingerprint = createHash("sha256").update(blob).digest("base64").replace(/=+$/, "");
  return `SHA256:${fingerprint} ${line.slice(line.indexOf(key) + key.length).trim()}`.trim();
};

/**
 * A file with the declared keys, and with the others unless they are to go. Comments go with the others.
 * @param visitors comments of jobs' keys, whose lines stay
 */
export function withKeys(
  file: string,
  keys: readonly string[],
  others: "keep" | "remove",
  visitors: readonly string[] = [],
): string {
  const present = new Set(declaredIn(file, keys));
  const kept = linesOf(file).filter((line) => {
    const key = keyIn(line);
    if (key !== undefined && keys.includes(key)) return present.has(key) && line.startsWith(key);
    return others === "keep" || isOfVisitor(line, visitors);
  });
  const missing = keys.filter((key) => !present.has(key));
  return [...new Set([...kept, ...missing])].map((line) => `${line}\n`).join("");
}
