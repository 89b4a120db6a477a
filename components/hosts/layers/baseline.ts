import { all, type Input, type Output, type Resource } from "@pulumi/pulumi";
import { EngineSettings, HostOperator, HostPackages, HostSystem } from "@vpai/providers";
import type { ServiceContext } from "../../../model/context";
import { ENGINE_SETTINGS } from "../../../model/hardening/engine";
import {
  JOURNAL_MIB,
  KERNEL_OPTIONS,
  type Operator,
  OPERATOR_GROUPS,
  type SystemPart,
} from "../../../model/hardening/system";
import { packagesOn, type PlatformHost } from "../../../model/platform";
import { visitorsOf } from "../../../model/visits";
import type { Owner } from "../../docker/ownership";
import { arrivalAt, type Machine } from "../../machines/machine";
import type { Layer } from "./layer";

/** A machine that lets us in, before anything else is known of it. */
interface Fresh {
  owner: Owner;
  machine: Machine;
  description: PlatformHost;
  /** What its services are told. */
  context: ServiceContext;
  operator: Operator | undefined;
  parent: Resource;
}

/** The layer below a host's engine: packages, the operator's account, the system, and what the engine is told. */
export const baselineLayer: Layer<Fresh> = (host, after) => {
  const { owner, machine, description, parent } = host;
  const connection = arrivalAt(machine);
  const packages = new HostPackages(
    `${owner.host}/packages`,
    { connection, packages: packagesOn(description).map(({ names, ...rest }) => ({ names: [...names], ...rest })) },
    { parent, dependsOn: [...after] },
  );
  const options = { parent, dependsOn: [packages] };
  const system = new HostSystem(`${owner.host}/system`, { connection, ...systemOf(host) }, options);
  const engine = new EngineSettings(
    `${owner.host}/engine-settings`,
    { connection, settings: ENGINE_SETTINGS },
    options,
  );
  return { ready: [system, engine, ...operatorOf(host, options)] };
};

/** What the machine has from somebody else is left out. */
function systemOf({ owner, machine, description }: Fresh) {
  const { timeZone, swapMiB } = description;
  const isOwn = (part: SystemPart): boolean => machine.borrows?.includes(part) !== true;
  return {
    journalMiB: JOURNAL_MIB,
    ...(timeZone === undefined ? {} : { timeZone }),
    ...(isOwn("hostname") ? { hostname: owner.host } : {}),
    ...(isOwn("swap") && swapMiB !== undefined ? { swapMiB } : {}),
    ...(isOwn("upgrades") ? { upgrades: "security" as const } : {}),
    ...(isOwn("kernel options") ? { kernelOptions: [...KERNEL_OPTIONS] } : {}),
  };
}

/** The account is there before it is needed for a login, and after the groups that packages bring. */
function operatorOf(
  { owner, machine, context, operator, parent }: Fresh,
  options: { dependsOn: Resource[] },
): Resource[] {
  if (operator === undefined) return [];
  const { user, keys = [], otherKeys } = operator;
  const visitors = visitorsOf(owner.host, context);
  const made: Input<string[]> = machine.loginKey === undefined ? [] : machine.loginKey.apply((key) => [key]);
  const account = new HostOperator(
    `${owner.host}/operator`,
    {
      connection: arrivalAt(machine),
      user,
      home: `/home/${user}`,
      groups: [...OPERATOR_GROUPS],
      keys: all([made, [...keys]]).apply((lists) => [...new Set(lists.flat())]),
      otherKeys,
      ...(visitors.length === 0 ? {} : { visitors: visitorsAs(user, machine, visitors) }),
      sudoers: `/etc/sudoers.d/60-${owner.platform}-operator`,
    },
    { parent, ...options },
  );
  return [account];
}

/** Jobs come as whom the stack logs in as. */
const visitorsAs = (user: string, machine: Machine, visitors: readonly string[]): Output<string[]> =>
  machine.connection.apply((login) => (login.user === user ? [...visitors] : []));
