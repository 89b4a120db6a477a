import { type Connection, Transport } from "@vpai/providers";
import { type Backed, BackupProgram, chosenBacked } from "./backups/host";
import { rowsOf } from "./backups/manifest";
import { offsiteHost, offsiteOn, offsiteRows } from "./backups/offsite";
import { type DeployedHost, deployedHosts } from "./stack/hosts";
import { chosenStack, main } from "./stack/pulumi";
import { table } from "./terminal/table";

/** `make backups [HOST=…]`: what can be brought back, by host and service: how old it is, and when it was read back. */
main(async () => {
  const hosts = await deployedHosts(chosenStack());
  const { HOST: host } = process.env;
  const found = await Promise.all([...chosenBacked(hosts, host).map(rowsOn), ...elsewhere(hosts, host)]);
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

/** What there is elsewhere, where the stack has that. @param chosen the one host that is asked for; empty: all */
function elsewhere(hosts: Readonly<Record<string, DeployedHost>>, chosen: string | undefined): Promise<Found>[] {
  const [name, hub] = offsiteHost(hosts) ?? [];
  if (name === undefined || hub === undefined) return [];
  return [
    asked(name, hub.connection, async (transport) => {
      const rows = offsiteRows(await offsiteOn(transport), new Date()).filter(([of]) => !chosen || of === chosen);
      return rows.length > 0 ? { rows } : { rows, problem: `${name}: no copy elsewhere yet; make run JOB=offsite` };
    }),
  ];
}

/** Lines of the table, or why there are none. */
interface Found {
  rows: string[][];
  problem?: string;
}

const rowsOn = ({ name, connection, unit }: Backed): Promise<Found> =>
  asked(name, connection, async (transport) => {
    const manifests = await (await BackupProgram.of(transport, unit)).manifests();
    return manifests.length === 0
      ? { rows: [], problem: `${name}: no set yet; make run JOB=${unit.replace(".service", "")}` }
      : { rows: rowsOf(name, manifests, new Date()) };
  });

/** Asks a host; one that does not answer is a problem of its own. */
async function asked(
  name: string,
  connection: Connection,
  ask: (transport: Transport) => Promise<Found>,
): Promise<Found> {
  const transport = new Transport(connection);
  try {
    return await ask(transport);
  } catch (error) {
    return { rows: [], problem: `${name}: ${error instanceof Error ? error.message : String(error)}` };
  } finally {
    transport.close();
  }
}
