import type { Output, Resource } from "@pulumi/pulumi";
import type { Backup, OwnPart } from "./backup";
import type { Connection } from "./connection";
import type { ServiceContext } from "./context";
import type { Proof } from "./proof";
import type { SecretDeclaration } from "./secret";

/** Where a running program answers: in a container of its host, or at an address. */
export type Endpoint = { container: string; port: number } | { address: string; port: number };

/** The container behind an endpoint. @throws for an address: what is made there takes a container's name */
export function containerOf(endpoint: Endpoint): string {
  if ("container" in endpoint) return endpoint.container;
  throw new Error(
    `expected a container, found the address ${endpoint.address}: this capability is made in containers only`,
  );
}

/** A service that runs and offers something, whatever runs it. */
export interface Running<Offer = unknown> {
  /** What it offers. */
  offer: Offer;
  /** Name of the host that it runs on. */
  host: string;
  /** How that host is logged in to; opens when host and engine answer. */
  connection: Output<Connection>;
  /** Where the service answers on its host. */
  endpoint: Endpoint;
  /** Where the host keeps what the program sees at a path below one of its data folders. @throws for any other path */
  onHost(path: string): string;
  /** Opens when the service is healthy. */
  ready: Resource;
  /** What is made in it is part of this. */
  scope: Resource;
  /** What its own requests have made after it was healthy. */
  madeAfterwards(): readonly Resource[];
  /** Gateways that answer for its sites: healthy, with their containers. */
  gateways(): readonly Gate[];
}

/** A gateway that runs. */
export interface Gate {
  /** Opens when it is healthy. */
  ready: Resource;
  /** Where it answers on its host. */
  endpoint: Endpoint;
  /** File of its own authority's root certificate, as its program sees it. */
  authority: string;
}

/** What a capability has at hand where it makes something. */
export interface MakeContext {
  /** The value of a secret. @throws when the stack has none */
  secret(declaration: SecretDeclaration): Output<string>;
  /** The value of a secret that a person may leave out; undefined when the stack has none. */
  given(declaration: SecretDeclaration): Output<string> | undefined;
  /** The value of before of a secret that is being rotated, which is taken too; undefined of any other. */
  before(declaration: SecretDeclaration): Output<string> | undefined;
  /** Whether what holds data is protected from deletion. */
  protect: boolean;
  /** The stack's domain. */
  domain: string;
  /** Name of the account that owns each program. */
  ownerEmail: string;
  /** A setting of a service, as its `settings` declare it. */
  setting(name: string): unknown;
  /** Who serves the requesting service with another capability. @param from as in a request @throws when nobody does */
  server<Offer>(capability: Pick<Capability<Offer, never>, "name" | "offer">, from?: string): Running<Offer>;
  /** What the requesting service knows of its surroundings. */
  context: ServiceContext;
  /** How the requesting service's host is logged in to. */
  connection: Output<Connection>;
  /** Opens when the requesting service is healthy; undefined for what is made before it starts. */
  ready: Resource | undefined;
  /** What requests of another capability have made that stand before this one among the same service's. */
  earlier(capability: { name: string }): readonly Resource[];
}

/** What one service offers and others request. Everything about one kind of it stands in one file. */
export interface CapabilityForm<Offer, Request> {
  /** Unique, in the words of the field: `PostgreSQL database`. */
  name: string;
  /**
   * `before`: it exists before the requesting service starts, which therefore starts after the server. `after`: it is made
   * once the requesting service is healthy, which may be the server itself.
   */
  when: "before" | "after";
  /**
   * Of what is made `after`: whether the sites of the requesting service open only then. The gateway of its host starts
   * after it. Default: false.
   */
  opens?: boolean;
  /** Whether only the server's own networks may reach it, which is checked after each `up`. Default: false. */
  guarded?: boolean;
  /** Secrets of who offers. Default: none. */
  offerSecrets?(offer: Offer): readonly SecretDeclaration[];
  /** Secrets of who requests. Default: none. */
  requestSecrets?(request: Request): readonly SecretDeclaration[];
  /** Those of `requestSecrets` whose value of before the server takes too, while they are rotated. Default: none. */
  takesBoth?(request: Request): readonly SecretDeclaration[];
  /** How values of `offerSecrets` are tried, where the server runs. Default: they are not. @param context of the server */
  offerProofs?(offer: Offer, context: ServiceContext): readonly Proof[];
  /** How values of `requestSecrets` are tried, where the server runs. Default: they are not. @param context of the server */
  requestProofs?(request: Request, offer: Offer, context: ServiceContext): readonly Proof[];
  /** What may exist once in a server, in words: `the database n8n`. Default: nothing. */
  claims?(request: Request): readonly string[];
  /** How the data that the request stands for is kept. Default: it holds none. */
  keeps?(request: Request): Backup;
  /**
   * How a server's data of this kind is backed up: all that it holds, not only what is requested. Default: it holds none, or
   * its folders say how. @param requests that it serves, from whatever host
   */
  backup?(offer: Offer, requests: readonly Request[]): OwnPart | undefined;
  /** What a backup calls the part of the server's data that a request stands for. Default: it is brought back with the rest alone. */
  backupItem?(request: Request): string;
  /** Makes it, in a server that is healthy. Default, and where it returns undefined: nothing has to be made. */
  make?(request: Request, server: Running<Offer>, at: MakeContext): Resource | undefined;
}

/** That a service offers something. */
export interface Offered {
  /** Name of the capability. */
  capability: string;
  /** What is offered; the capability alone looks into it. */
  offer: unknown;
  /** Whether only the server's own networks may reach it. */
  guarded: boolean;
  /** Secrets that the offer takes. */
  secrets: readonly SecretDeclaration[];
  /** How values of its secrets are tried. */
  proofs?(context: ServiceContext): readonly Proof[];
  /** How its data is backed up. @param requests those that it serves */
  backup?(requests: readonly Requested[]): OwnPart | undefined;
}

/** What one request says beside what it is for. */
export interface RequestOptions {
  /** Name of the service that must serve it. Default: whoever offers it, on the own host first. */
  from?: string | undefined;
  /** Default: what the capability says. */
  when?: "before" | "after";
  /** Services for whose sake it is made: a stack that lacks one of them goes without. Default: every stack has it made. */
  beside?: readonly string[];
}

/** That a service requests something. */
export interface Requested extends RequestOptions {
  /** Name of the capability. */
  capability: string;
  /** What is requested; the capability alone looks into it. */
  request: unknown;
  /** Whether it is made before the service starts, or once that is healthy. */
  when: "before" | "after";
  /** Whether the service's sites open only once it is made. */
  opens: boolean;
  /** Secrets that the request takes. */
  secrets: readonly SecretDeclaration[];
  /** Those of them whose value of before the server takes too, while they are rotated. */
  takesBoth: readonly SecretDeclaration[];
  /** How values of its secrets are tried, where its server runs. @param offer of that server */
  proofs?(offer: unknown, context: ServiceContext): readonly Proof[];
  /** What may exist once in a server, in words. */
  claims: readonly string[];
  /** How the data that it stands for is kept. Default: it holds none. */
  keeps?: Backup;
  /** Name of what it stands for in its server's backup. */
  backupItem?: string;
  /** Undefined when nothing has to be made. @param server one that offers this capability */
  make(server: Running, at: MakeContext): Resource | undefined;
}

/** A form, and how services say that they offer or request what it describes. */
export interface Capability<Offer, Request> extends CapabilityForm<Offer, Request> {
  /** For `offers` of a service. */
  offer(offer: Offer): Offered;
  /** For `uses` of a service. */
  request(request: Request, options?: RequestOptions): Requested;
}

/** What is requested; a request that was not made by its capability, as in a file that nobody compiled, is for policies to tell of. */
const requestsIn = <Request>(requests: readonly Requested[]): Request[] =>
  requests.flatMap(({ request }) => (request === undefined ? [] : [request as Request]));

/** Makes a capability of its form. The core handles offers and requests without knowing what is in them. */
export const defineCapability = <Offer, Request>(form: CapabilityForm<Offer, Request>): Capability<Offer, Request> => ({
  ...form,
  offer: (offer) => ({
    capability: form.name,
    offer,
    guarded: form.guarded ?? false,
    secrets: form.offerSecrets?.(offer) ?? [],
    ...(form.offerProofs === undefined
      ? {}
      : { proofs: (context: ServiceContext) => form.offerProofs?.(offer, context) ?? [] }),
    ...(form.backup === undefined
      ? {}
      : {
          backup: (requests: readonly Requested[]) => form.backup?.(offer, requestsIn(requests)),
        }),
  }),
  request: (request, { when = form.when, ...options } = {}) => {
    const keeps = form.keeps?.(request);
    const backupItem = form.backupItem?.(request);
    return {
      ...options,
      capability: form.name,
      request,
      when,
      opens: form.opens ?? false,
      secrets: form.requestSecrets?.(request) ?? [],
      takesBoth: form.takesBoth?.(request) ?? [],
      ...(form.requestProofs === undefined
        ? {}
        : {
            proofs: (offer: unknown, context: ServiceContext) =>
              form.requestProofs?.(request, offer as Offer, context) ?? [],
          }),
      claims: form.claims?.(request) ?? [],
      ...(keeps === undefined ? {} : { keeps }),
      ...(backupItem === undefined ? {} : { backupItem }),
      // The names are equal, so the server offers what this form takes.
      make: (server, at) => form.make?.(request, server as Running<Offer>, at),
    };
  },
});
