import { output } from "@pulumi/pulumi";
import { arrivalTo, connectionTo, type MachineConfig } from "../../../config";
import type { ImageLock } from "../../../images/lock";
import { lockedSource } from "../locked-image";
import type { Machine } from "../machine";
import type { Login } from "../registry-logins";

type ExistingMachineConfig = Extract<MachineConfig, { kind: "existing" }>;

/**
 * A computer that somebody else set up: reached over SSH, never created or deleted by us. The config refuses to connect
 * without a host key; only a preview goes on without one.
 */
export function existingMachine(
  { hostKey = "", bindAddress, ...machine }: ExistingMachineConfig,
  { lock, logins }: { lock: ImageLock; logins: readonly Login[] },
): Machine {
  return {
    connection: output(connectionTo({ ...machine, hostKey })),
    ...(machine.firstPort === undefined ? {} : { arrival: output(arrivalTo({ ...machine, hostKey })) }),
    publicAddress: output(machine.address),
    bindAddress: output(bindAddress ?? machine.address),
    vanishesWith: undefined,
    protects: true,
    logins,
    sharesMemory: false,
    ownsKernel: machine.ownsKernel,
    imageSource: (reference) => lockedSource(reference, lock),
  };
}
