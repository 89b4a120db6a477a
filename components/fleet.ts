import type { Resource } from "@pulumi/pulumi";
import type { Capability, Gate, Requested, Running, MakeContext } from "../model/capability";
import type { HostView } from "../model/context";
import { type Found, neededBy, offererOf } from "../model/peers";
import type { Service } from "../model/service";
import { ownerOf, type Stack } from "../model/stack";
import type { Preparation } from "./preparation";
import type { Host } from "./hosts/host";
import type { RunningService } from "./running-service";
import type { SecretStore } from "./secret-store";

/** The hosts of a stack, and what all their services share. */
export interface FleetArgs {
  hosts: ReadonlyMap<string, Host>;
  /** What runs where. */
  views: readonly HostView[];
  stack: Stack;
  secrets: SecretStore;
  /** Hosts that the run leaves as they are. */
  leaves: ReadonlySet<string>;
  preparation: Preparation;
}

/** What a request has made. */
interface Made {
  capability: string;
  resource: Resource;
}

const resourcesOf = (made: readonly Made[]): Resource[] => made.map(({ resource }) => resource);

/**
 * All hosts of a stack with their services. A service starts when the first one needs it, on whichever host it is: after
 * the services that it needs, and after what it uses in others was made there.
 */
export class Fleet {
  private readonly started = new Map<Service, RunningService>();
  /** What requests have made after their service was healthy, by host: the host's checks wait for it. */
  private readonly awaitedByChecks = new Map<string, Resource[]>();

  /** The same, by service. */
  private readonly madeAfterwards = new Map<Service, readonly Resource[]>();

  /** What the gateway of a service's sites waits for, beside the service's health. */
  private readonly awaitedByGateway = new Map<Service, readonly Resource[]>();

  constructor(private readonly args: FleetArgs) {}

  /** Starts every service, and then lets each host check itself. */
  start(): void {
    const { views, hosts } = this.args;
    for (const host of views) for (const service of host.services) this.run({ service, host });
    for (const host of hosts.values()) host.startJobs(this.args.preparation, (name) => this.hostOf(name).visited);
    for (const host of hosts.values()) host.clear(this.args.preparation);
    this.args.preparation.close();
    for (const [name, host] of hosts) host.check(this.awaitedByChecks.get(name) ?? []);
  }

  private run(found: Found): RunningService {
    const { service, host } = found;
    const running = this.started.get(service);
    if (running !== undefined) return running;
    const needed = neededBy(service, this.args.views, host.name);
    const started = needed.map((one) => ({ one, gate: this.run(one).gate }));
    const gates = started.filter(({ one }) => !this.mayBeAbsent(found, one)).map(({ gate }) => gate);
    const openers =
      service.gateway === undefined
        ? []
        : needed.flatMap((one) => (this.mayBeAbsent(found, one) ? [] : (this.awaitedByGateway.get(one.service) ?? [])));
    const made = resourcesOf(this.made(found, ({ when }) => when === "before"));
    const own = this.startOn(found, [...gates, ...openers, ...made]);
    this.started.set(service, own);
    this.finish(found);
    return own;
  }

  /** A gateway waits for those whose sites it answers for, but not for a host that may never have been there. */
  private mayBeAbsent({ service, host }: Found, other: Found): boolean {
    return service.gateway !== undefined && other.host.name !== host.name && this.args.leaves.has(other.host.name);
  }

  /** Makes what is made in, or for, a service that runs. */
  private finish(found: Found): void {
    const opening = this.made(found, ({ when, opens }) => when === "after" && opens);
    const all = this.made(found, ({ when, opens }) => when === "after" && !opens, opening);
    const { host, service } = found;
    this.awaitedByGateway.set(service, resourcesOf(opening));
    this.madeAfterwards.set(service, resourcesOf(all));
    this.awaitedByChecks.set(host.name, [...(this.awaitedByChecks.get(host.name) ?? []), ...resourcesOf(all)]);
  }

  private startOn({ service, host }: Found, after: readonly Resource[]): RunningService {
    return this.hostOf(host.name).start(service, after, this.args.preparation);
  }

  /** What a service uses in others, made there in the order of its requests. @param before what is made already @returns that, too */
  private made(
    { service, host }: Found,
    which: (wanted: Requested) => boolean,
    before: readonly Made[] = [],
  ): readonly Made[] {
    const made: Made[] = [...before];
    for (const wanted of (service.uses ?? []).filter(which)) {
      const server = this.serving(wanted, host.name);
      const resource = wanted.make(server, this.makeContext({ service, host }, server.host, [...made]));
      if (resource !== undefined) made.push({ capability: wanted.capability, resource });
    }
    return made;
  }

  /** Who serves a request, running. @throws when nobody offers it */
  private serving(wanted: Pick<Requested, "capability" | "from">, own: string): Running {
    const found = offererOf(this.args.views, own, wanted);
    if (found === undefined) throw new Error(`${own}: expected a service that offers ${wanted.capability}, found none`);
    const { service, host } = found;
    const running = this.run(found);
    return {
      offer: service.offers?.find(({ capability }) => capability === wanted.capability)?.offer,
      host: host.name,
      connection: this.hostOf(host.name).ready,
      endpoint: running.endpoint,
      onHost: (path) => running.onHost(path),
      ready: running.gate,
      scope: running,
      madeAfterwards: () => this.madeAfterwards.get(service) ?? [],
      gateways: () => this.gatewaysOf(found),
    };
  }

  /** Gateways that answer for a service's sites, each of which starts after the service. */
  private gatewaysOf({ service, host }: Found): Gate[] {
    const names = new Set((service.expose ?? []).map(({ via = host.name }) => via));
    return this.args.views
      .filter(({ name }) => names.has(name))
      .flatMap((view) => view.services.map((one) => ({ service: one, host: view })))
      .flatMap((found) => {
        const { gateway } = found.service;
        if (gateway === undefined) return [];
        const { gate, endpoint } = this.run(found);
        return [{ ready: gate, endpoint, authority: gateway.authority }];
      });
  }

  /**
   * @param own the service that requests, and its host
   * @param server host of the one that serves it
   * @param made what the service's requests before this one have made
   */
  private makeContext({ service, host: { name: own } }: Found, server: string, made: readonly Made[]): MakeContext {
    const { secrets, stack } = this.args;
    return {
      secret: (declaration) => secrets.require(declaration),
      given: (declaration) => secrets.get(declaration),
      before: (declaration) => secrets.before(declaration),
      protect: this.hostOf(server).protects,
      domain: stack.domain,
      ownerEmail: ownerOf(stack),
      setting: (name) => stack.settings[name],
      server: <Offer>({ name }: Pick<Capability<Offer, never>, "name">, from?: string) =>
        this.serving({ capability: name, from }, own) as Running<Offer>,
      context: this.hostOf(own).context,
      connection: this.hostOf(own).ready,
      ready: this.started.get(service)?.gate,
      earlier: ({ name }) => made.filter(({ capability }) => capability === name).map(({ resource }) => resource),
    };
  }

  private hostOf(name: string): Host {
    const host = this.args.hosts.get(name);
    if (host === undefined) throw new Error(`expected a host ${name}, found ${[...this.args.hosts.keys()].join(", ")}`);
    return host;
  }
}
