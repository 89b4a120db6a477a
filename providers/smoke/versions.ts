import type { Transport } from "../ssh/transport";

/** A running program and the version that it must have. */
export interface ProgramVersion {
  /** Name of its container. Default: it runs on the host itself. */
  container?: string;
  /** Command there that tells the version. */
  test: string[];
  /** Regular expression over what it prints; its first group is the version. */
  pattern: string;
  expected: string;
}

/** What is wrong with a program's version, undefined when nothing is. */
export async function versionFault(
  host: Transport,
  { container, test, pattern, expected }: ProgramVersion,
): Promise<string | undefined> {
  const { stdout, stderr } = await host.run(container === undefined ? test : ["docker", "exec", container, ...test]);
  const printed = `${stdout}${stderr}`.trim();
  const found = new RegExp(pattern, "m").exec(printed)?.[1];
  if (found === expected) return undefined;
  const answer = found ?? `no version in "${printed.slice(0, 300)}"`;
  return `${container ?? host.name}, \`${test.join(" ")}\`: expected version ${expected}, found ${answer}`;
}
