import { HetznerApi, TOKEN } from "./api";
import type { Fault } from "./faults";

/**
 * Serves the fake of the Hetzner Cloud API until it is ended: `npx tsx tests/hetzner-api/main.ts ['[<fault>, …]']`. It prints
 * the variables with which the provider, and `hcloud`, reach it.
 */
async function main([faults = "[]"]: readonly string[]): Promise<void> {
  const api = new HetznerApi();
  api.faults.plan(...(JSON.parse(faults) as Fault[]));
  process.stdout.write(`export HCLOUD_ENDPOINT=${await api.start()} HCLOUD_TOKEN=${TOKEN}\n`);
}

void main(process.argv.slice(2));
