import type { HostView } from "../../../model/context";
import type { PlatformHost } from "../../../model/platform";
import type { Service } from "../../../model/service";
import type { HostPlan } from "../../../platforms/policies";
import type { Policy } from "../../../platforms/policies/policy";
import vpai from "../../../platforms/vpai/platform";
import { contextWith } from "../../context";

const HOST: PlatformHost = {
  purpose: "a test",
  groups: ["core"],
  networks: {
    frontend: { subnet: "10.0.0.0/24", internal: false },
    backend: { subnet: "10.0.1.0/24", internal: true },
  },
};

/** A host `h` with services. */
export const plan = (...services: Service[]): HostPlan => ({
  name: "h",
  host: HOST,
  services,
  memoryMiB: 1024,
  architecture: "amd64",
  vpnAddress: "100.64.0.9",
  context: contextWith({ host: "h", runs: services, platform: { ...vpai, hosts: { h: HOST } }, domain: "a.test" }),
});

/** Hosts that see each other, by name with their services. */
function plansOf(services: Readonly<Record<string, readonly Service[]>>): HostPlan[] {
  const hosts = Object.entries(services).map(([name, runs]): HostView => ({
    name,
    services: runs,
    networks: HOST.networks,
    vpnAddress: undefined,
    publicAddress: undefined,
  }));
  return hosts.map(({ name, services: runs }) => ({
    ...plan(...runs),
    name,
    context: { ...plan(...runs).context, host: name, hosts },
  }));
}

/** What one policy says, as `<where>: <found>`. */
export const saidBy = (policy: Policy, services: Readonly<Record<string, readonly Service[]>>): string[] =>
  policy(plansOf(services), []).map(({ where, found }) => `${where}: ${found}`);
