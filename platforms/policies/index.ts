import { explicitAccess, guardedPorts } from "./access";
import { declaredBackups, doneBackups } from "./backups";
import { filledBuckets } from "./buckets";
import { provableSites } from "./certificates";
import { ownedPrograms } from "./first-users";
import { fittingArchitectures, obtainableImages, pinnedImages } from "./images";
import { fittingMemory } from "./memory";
import { uniqueClaims, uniqueNames } from "./names";
import { namedJobs, scheduledJobs } from "./jobs";
import { knownNeeds, noCycles, runningServers, servedUses } from "./needs";
import { askedAtHome, knownNetworks, ownSubnets } from "./networks";
import type { Policy } from "./policy";
import { apartAddresses, boundAddresses, openablePorts, publishedOnce, uniquePorts } from "./ports";
import { obtainableTools, runnableUnits, uniqueCommands } from "./runs";
import { declaredSecretFiles, exportedSecrets, uniformSecrets } from "./secrets";
import { reachableSites, uniqueSites } from "./sites";

export type { HostPlan } from "./policy";

/** Everything that a platform is checked for. */
export const policies: readonly Policy[] = [
  runnableUnits,
  obtainableTools,
  uniqueCommands,
  uniqueNames,
  uniqueClaims,
  namedJobs,
  scheduledJobs,
  uniqueSites,
  uniquePorts,
  publishedOnce,
  fittingMemory,
  reachableSites,
  provableSites,
  explicitAccess,
  guardedPorts,
  ownedPrograms,
  knownNetworks,
  ownSubnets,
  askedAtHome,
  openablePorts,
  boundAddresses,
  apartAddresses,
  knownNeeds,
  servedUses,
  runningServers,
  noCycles,
  pinnedImages,
  obtainableImages,
  fittingArchitectures,
  declaredSecretFiles,
  exportedSecrets,
  uniformSecrets,
  declaredBackups,
  doneBackups,
  filledBuckets,
];
