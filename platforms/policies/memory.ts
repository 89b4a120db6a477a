import { memoryOf } from "../../model/service";
import { onEachHost } from "./policy";

/** MiB that the system and its engine need beside the services, where the platform does not say otherwise. */
const SYSTEM_MIB = 512;

/** Limits that promise more than there is end in the kernel choosing what to kill. */
export const fittingMemory = onEachHost(({ name, host, services, memoryMiB }) => {
  const { systemMiB = SYSTEM_MIB } = host;
  const sum = services.reduce((total, service) => total + memoryOf(service), 0);
  if (sum + systemMiB <= memoryMiB) return [];
  return [
    {
      where: name,
      expected: "limits that fit in the host's memory beside its system",
      found: `memory limits of ${sum} MiB and ${systemMiB} MiB for the system, on a host with ${memoryMiB} MiB`,
      mend: "lower limits (vpai:overrides), choose fewer services (vpai:services), or take a larger host",
    },
  ];
});
