import type { Connection, Login } from "../model/connection";
import type { MachineConfig } from "./schema";

type ExistingMachine = Extract<MachineConfig, { kind: "existing" }>;
type LoginConfig = NonNullable<ExistingMachine["jump"]>;

/** How a computer that the config describes is logged in to. */
export const connectionTo = ({ jump, ...login }: LoginConfig & Pick<ExistingMachine, "jump">): Connection => ({
  ...loginTo(login),
  ...(jump === undefined ? {} : { jump: loginTo(jump) }),
});

const loginTo = ({ address, port, user, hostKey, identityFile }: LoginConfig): Login => ({
  ...{ host: address, port, user, hostKey },
  ...(identityFile === undefined ? {} : { identityFile }),
});
