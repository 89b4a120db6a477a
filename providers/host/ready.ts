import type { Transport } from "../ssh/transport";
import { factsOf } from "./facts";
import { hostFaults, type HostNeeds } from "./faults";

/** Looks whether a host has what a change needs. @throws one error with everything that it lacks */
export async function expectReady(host: Transport, needs: HostNeeds): Promise<void> {
  const faults = hostFaults(await factsOf(host, needs.folder), needs);
  if (faults.length > 0) throw new Error(`${host.name}: ${faults.join(". And ")}. Then run up again.`);
}
