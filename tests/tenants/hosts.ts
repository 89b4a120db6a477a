import type { PlatformHost } from "../../model/platform";

export const HOSTS: Readonly<Record<string, PlatformHost>> = {
  front: {
    purpose: "the tenants' programs, each on a network of its own",
    groups: ["tenants"],
    networks: {
      acme: { subnet: "172.30.1.0/24", internal: false },
      bolt: { subnet: "172.30.2.0/24", internal: false },
      cube: { subnet: "172.30.3.0/24", internal: false },
    },
  },
  data: {
    purpose: "the tenants' databases",
    groups: ["databases"],
    networks: {
      // What is published for another host needs a network with a way out.
      databases: { subnet: "172.30.1.0/24", internal: false },
      // Nobody is on it: the checks after each `up` find that the databases do not answer from here.
      spare: { subnet: "172.30.2.0/24", internal: true },
    },
  },
};
