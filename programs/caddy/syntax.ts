/** A Caddyfile block; the head of the global options is empty. */
export function block(head: string, lines: readonly string[]): string {
  const indented = lines.flatMap((line) => line.split("\n")).map((line) => `\t${line}`);
  return [`${head} {`.trimStart(), ...indented, "}", ""].join("\n");
}

/** A block inside a site's. */
export const part = (head: string, lines: readonly string[]): string[] => [
  `${head} {`,
  ...lines.flatMap((line) => line.split("\n")).map((line) => `\t${line}`),
  "}",
];
