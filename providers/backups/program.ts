/** Somewhere a host's programs can be asked. */
export interface Asked {
  output(argv: readonly string[]): Promise<string>;
}

/**
 * The command of a host's backups, as its job has it, without what that does there.
 * @param unit name of the job's service
 * @throws where the job is not there, or calls something else
 */
export async function backupCommand(host: Asked, unit: string): Promise<string[]> {
  const text = await host.output(["systemctl", "cat", "--", unit]);
  const [, command = ""] = /^ExecStart=.* ("\/bin\/bash" .*) "run"$/m.exec(text) ?? [];
  const words = [...command.matchAll(/"([^"]*)"/g)].map(([, word = ""]) => word);
  if (words.length !== 5)
    throw new Error(`${unit}: expected a job that makes backups, found another one: run \`make up\``);
  return words;
}
