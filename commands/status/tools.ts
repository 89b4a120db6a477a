import type { CommandRunner } from "@vpai/providers";
import { labProgram } from "../../lab/images/catalogue";
import { programOf } from "../../lab/program";
import type { ToolOutput } from "../../model/outputs";

/** A tool as the table of tools shows it. */
export interface ToolRow {
  cells: readonly [host: string, tool: string, version: string, program: string, commands: string, state: string];
  /** Whether all its commands lead to the version that the stack asks for. */
  good: boolean;
}

/** Prints where each command leads, in full; an empty line for one that leads nowhere. */
const LEADS = 'for command; do readlink -e "/usr/local/bin/$command" || echo; done';

/** Whether a tool's commands are there, and in the version that the stack asks for. */
export async function toolOf(
  host: CommandRunner,
  place: { stack: string; host: string },
  [name, { folder, version, commands }]: [string, ToolOutput],
): Promise<ToolRow> {
  const { stdout } = await host.run(["sh", "-c", LEADS, "tools", ...commands]);
  const targets = stdout.split("\n").slice(0, commands.length);
  const others = commands.filter((_command, index) => targets[index]?.startsWith(`${folder}/${version}/`) !== true);
  const state = others.length === 0 ? "installed" : `not this version: ${others.join(", ")}`;
  const program = programOf(place.stack, labProgram(name));
  return { cells: [place.host, name, version, program, commands.join(", "), state], good: others.length === 0 };
}
