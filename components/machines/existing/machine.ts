import { output } from "@pulumi/pulumi";
import type { MachineConfig } from "../../../config";
import type { ImageLock } from "../../../images/lock";
import { lockedSource } from "../locked-image";
import type { Connection } from "../../../model/connection";
import type { Machine } from "../machine";
import type { Login } from "../registry-logins";

type ExistingMachineConfig = Extract<MachineConfig, { kind: "existing" }>;

/**
 * A computer that somebody else set up: reached over SSH, never created or deleted by us. The config refuses to connect
 * without a host key; only a preview goes on without one.
 */
export function existingMachine(
  { hostKey = "", jump, bindAddress, ...machine }: ExistingMachineConfig,
  { lock, logins }: { lock: ImageLock; logins: readonly Login[] },
): Machine {
  return {
    connection: output({
      ...loginTo({ ...machine, hostKey }),
      ...(jump === undefined ? {} : { jump: loginTo(jump) }),
    }),
    publicAddress: output(machine.address),
    bindAddress: output(bindAddress ?? machine.address),
    vanishesWith: undefined,
    protects: true,
    logins,
    sharesMemory: false,
    imageSource: (reference) => lockedSource(reference, lock),
  };
}

type LoginConfig = NonNullable<ExistingMachineConfig["jump"]>;

const loginTo = ({ address, port, user, hostKey, identityFile }: LoginConfig): Required<Connection>["jump"] => ({
  ...{ host: address, port, user, hostKey },
  ...(identityFile === undefined ? {} : { identityFile }),
});
