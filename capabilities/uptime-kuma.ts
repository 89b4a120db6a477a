import { UptimeKumaMonitors, UptimeKumaOwner } from "@vpai/providers";
import { containerOf, defineCapability } from "../model/capability";
import type { SecretDeclaration } from "../model/secret";
import type { ServiceContext } from "../model/context";
import { promisesOn, type Promised } from "../model/promises";
import { hostnameOf } from "../model/site";

/** What makes a service the one that watches from outside. */
interface Watcher {
  /** Password of its account, whose name is the stack's `ownerEmail`. */
  password: SecretDeclaration;
}

/** The account of an Uptime Kuma, made from inside before its site opens: it else gives itself to the first visitor. */
export const uptimeKumaOwner = defineCapability<Watcher, { of: string }>({
  name: "Uptime Kuma owner",
  when: "after",
  opens: true,
  offerSecrets: ({ password }) => [password],
  claims: ({ of }) => [`owner ${of}`],
  make: ({ of }, { offer, host, connection, endpoint, ready, scope }, at) =>
    new UptimeKumaOwner(
      `${host}/owner/${of}`,
      {
        connection,
        server: { container: containerOf(endpoint), port: endpoint.port },
        user: at.ownerEmail,
        password: at.secret(offer.password),
      },
      { parent: scope, dependsOn: [ready] },
    ),
});

/** A monitor for each site and smoke check of the whole platform. */
export const uptimeKumaMonitors = defineCapability<Watcher, { sitesOf: "platform" }>({
  name: "Uptime Kuma monitors",
  when: "after",
  offerSecrets: ({ password }) => [password],
  claims: () => ["monitors"],
  make: (_request, { offer, host, connection, endpoint, ready, scope }, at) =>
    new UptimeKumaMonitors(
      `${host}/monitors`,
      {
        connection,
        server: {
          container: containerOf(endpoint),
          port: endpoint.port,
          user: at.ownerEmail,
          password: at.secret(offer.password),
        },
        monitors: monitorsOf(at.context),
      },
      { parent: scope, dependsOn: [ready, ...at.earlier(uptimeKumaOwner)] },
    ),
});

/** Seconds between two looks at a site; Uptime Kuma's own default. */
const INTERVAL = 60;

/** One for each address that something promises an answer at. */
function monitorsOf({ hosts, domain, tls }: ServiceContext) {
  const monitors = promisesOn(hosts).map((promised) => ({
    name: `${promised.service} ${addressOf(promised, domain)}`,
    url: `https://${addressOf(promised, domain)}`,
    status: promised.status,
    contains: promised.contains ?? "",
    interval: INTERVAL,
    // A host's own authority is known to that host alone.
    anyCertificate: tls === "internal",
    active: true,
  }));
  const each = new Map(monitors.map((monitor) => [monitor.name, monitor]));
  return [...each.values()].sort((one, other) => (one.name < other.name ? -1 : 1));
}

const addressOf = (promised: Promised, domain: string): string => `${hostnameOf(promised, domain)}${promised.path}`;
