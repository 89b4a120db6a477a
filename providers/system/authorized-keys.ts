import { createHash } from "node:crypto";

/** A key at the beginning of a line of `authorized_keys`, with its comment. */
const KEY = /^((?:ssh|ecdsa|sk-ssh|sk-ecdsa)-[a-z0-9@.-]+)[ \t]+([A-Za-z0-9+/=]+)(?:\s+([^]*))?$/;

/** Options before a key, as sshd passes over them: a blank ends them outside of quotes alone. */
const OPTIONS = /^(?:"(?:\\"|\\(?!")|[^"\\])*"|\\"|\\(?!")|[^\s"\\])+[ \t]+/;

/** Type and text of a key with a blank between them, without options, and its comment; undefined for a line that holds none. */
function parsed(line: string): { key: string; comment: string } | undefined {
  const text = line.trimStart();
  if (text.startsWith("#")) return undefined;
  const [, type, blob, comment = ""] = KEY.exec(text) ?? KEY.exec(text.replace(OPTIONS, "")) ?? [];
  return type === undefined || blob === undefined ? undefined : { key: `${type} ${blob}`, comment: comment.trim() };
}

/** Type and text of a key, without options and comment; undefined for a line that holds none. */
export const keyIn = (line: string): string | undefined => parsed(line)?.key;

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
    const found = parsed(line);
    return found === undefined || keys.includes(found.key) || isOfVisitor(line, visitors) ? [] : [described(found)];
  });

const described = ({ key, comment }: { key: string; comment: string }): string => {
  const blob = Buffer.from(key.slice(key.indexOf(" ") + 1), "base64");
  const fingerprint = createHash("sha256").update(blob).digest("base64").replace(/=+$/, "");
  return `SHA256:${fingerprint} ${comment}`.trim();
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
