import { defineCapability } from "../model/capability";
import type { ServiceContext } from "../model/context";
import { peer } from "../model/peers";
import type { SecretDeclaration } from "../model/secret";
import { redisLogin } from "./redis-database";

/** What makes a service a Redis that forgets what is asked for least when it is full. */
export interface CacheServer {
  /** Password of the default user, which all clients share. */
  password: SecretDeclaration;
}

/** Part of a cache. */
export interface Cache {
  /** First part of its keys, up to a colon. */
  namespace: string;
  password: SecretDeclaration;
}

/**
 * Part of a Redis that may forget anything. It is another capability than a database, so that nobody is served by it who cannot
 * bear that. Nothing has to be made.
 */
const capability = defineCapability<CacheServer, Cache>({
  name: "Redis cache",
  when: "before",
  guarded: true,
  offerSecrets: ({ password }) => [password],
  requestSecrets: ({ password }) => [password],
  offerProofs: ({ password }) => [redisLogin(password)],
  claims: ({ namespace }) => [`cache ${namespace}`],
});

/** The capability, and where a program finds the cache. */
export const redisCache = {
  ...capability,

  /** Where it answers a service of this host. */
  serverOf: (context: ServiceContext) => peer(context, capability),
};
