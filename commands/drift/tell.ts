import { Transport } from "@vpai/providers";
import { leftHosts } from "../../config/left-hosts";
import { METRICS_FOLDER } from "../../model/monitoring";
import { folderOn } from "../../model/platform";
import { type DeployedHost, outputsOf } from "../stack/hosts";
import { settingsOf } from "../reach/stack";
import type { CountByHost } from "./count";

/** Arguments: folder of the metrics, number of resources. A host without a collector of its own is told nothing. */
const TELL = `set -eu
[ -d "$1" ] || exit 0
umask 022; new=$1/.drift.new
printf '# TYPE drift_resources gauge\\ndrift_resources %s\\n' "$2" > "$new"
mv -f "$new" "$1/drift.prom"`;

/**
 * Tells hosts how many of their resources are not as the stack has them, for the alert Drift; none that the run has left. One that cannot
 * be told keeps what it knew: that is said, and no reason to fail.
 */
export async function tellDrift(stack: string, counts: CountByHost): Promise<void> {
  const [settings, deployed] = await Promise.all([settingsOf(stack), outputsOf(stack)]);
  if (settings === undefined) return;
  const { platform } = settings;
  const told = Object.entries(counts).map(async ([name, count]) => {
    const [host, described] = [deployed[name], platform.hosts[name]];
    if (host === undefined || described === undefined || leftHosts().has(name)) return;
    await tell(host, `${folderOn(platform.name, described)}/${METRICS_FOLDER}`, count).catch((error: Error) => {
      console.error(`warning: ${name} was not told of its drift, and its figure for the alert stays: ${error.message}`);
    });
  });
  await Promise.all(told);
}

async function tell({ connection }: DeployedHost, folder: string, count: number): Promise<void> {
  const host = new Transport(connection);
  await host.script(TELL, [folder, String(count)]).finally(() => host.close());
}
