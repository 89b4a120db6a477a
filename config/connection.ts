import type { Connection, Login } from "../model/connection";
import type { MachineConfig } from "./schema";

type ExistingMachine = Extract<MachineConfig, { kind: "existing" }>;
type LoginConfig = NonNullable<ExistingMachine["jump"]>;

/** How a computer that the config describes is logged in to. */
export const connectionTo = ({ jump, ...login }: LoginConfig & Pick<ExistingMachine, "jump">): Connection => ({
  ...loginTo(login),
  ...(jump === undefined ? {} : { jump: loginTo(jump) }),
});

/** How it is logged in to until its SSH server listens on the port that the config gives it. */
export const arrivalTo = ({
  firstPort,
  ...machine
}: Parameters<typeof connectionTo>[0] & Pick<ExistingMachine, "firstPort">): Connection =>
  connectionTo({ ...machine, port: firstPort ?? machine.port });

const loginTo = ({ address, port, user, hostKey, identityFile }: LoginConfig): Login => ({
  ...{ host: address, port, user, hostKey },
  ...(identityFile === undefined ? {} : { identityFile }),
});
