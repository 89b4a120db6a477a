import { Transport } from "@vpai/providers";
import { type Backed, backedHosts, BackupProgram } from "./backups/host";
import { rowsOf } from "./backups/manifest";
import { deployedHosts } from "./hosts";
import { chosenStack, main } from "./pulumi";
import { chosenHost } from "./scope/choice";
import { table } from "./table";

/** `make backups [HOST=…]`: what can be brought back, by host and service: how old it is, and when it was read back. */
main(async () => {
  const hosts = await deployedHosts(chosenStack());
  const { HOST: host } = process.env;
  if (host) chosenHost(host, hosts);
  const backed = backedHosts(hosts).filter(({ name }) => !host || name === host);
  const found = await Promise.all(backed.map(rowsOn));
  const head = ["host", "service", "sets", "newest", "age", "size", "verified"];
  console.log(
    table(
      head,
      found.flatMap(({ rows }) => rows),
    ),
  );
  for (const { problem } of found) if (problem !== undefined) console.error(problem);
  return found.every(({ problem, rows }) => problem === undefined && rows.length > 0) ? 0 : 1;
});

async function rowsOn({ name, connection, unit }: Backed): Promise<{ rows: string[][]; problem?: string }> {
  const transport = new Transport(connection);
  try {
    const manifests = await (await BackupProgram.of(transport, unit)).manifests();
    if (manifests.length === 0)
      return { rows: [], problem: `${name}: no set yet; make run JOB=${unit.replace(".service", "")}` };
    return { rows: rowsOf(name, manifests, new Date()) };
  } catch (error) {
    return { rows: [], problem: `${name}: ${error instanceof Error ? error.message : String(error)}` };
  } finally {
    transport.close();
  }
}
