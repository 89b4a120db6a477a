import path from "node:path";
import { defineCapability } from "../model/capability";
import type { ServiceContext } from "../model/context";
import { peer } from "../model/peers";
import type { Proof } from "../model/proof";
import type { SecretDeclaration } from "../model/secret";
import { methodIn } from "./backups/method";

/** What makes a service the one that keeps the others' Redis databases. */
export interface RedisServer {
  /** Password of the default user, which all clients share. */
  password: SecretDeclaration;
}

/** One of the numbered databases of a Redis server. */
export interface RedisDatabase {
  /** 0 to 15. */
  number: number;
  password: SecretDeclaration;
}

/** How the password of a Redis' default user is tried. */
export const redisLogin = (password: SecretDeclaration): Proof => ({
  secret: password,
  as: "the default user",
  command: ["sh", "-c", LOGIN],
  input: (value) => `${redisAuth(value)}\nPING\n`,
});

/** The default user's login, as the client reads it; each byte by its number: it is text between quotation marks. */
export const redisAuth = (value: string): string =>
  `AUTH default "${Buffer.from(value).toString("hex").replace(/../g, "\\x$&")}"`;

const LOGIN = `said=$(redis-cli 2>&1)
case $said in *PONG*) echo accepted ;; *WRONGPASS*) echo refused ;; *) printf '%s\n' "$said" >&2; exit 1 ;; esac`;

/** A numbered database in a Redis server. Redis has them all from the start, so nothing is made. */
const capability = defineCapability<RedisServer, RedisDatabase>({
  name: "Redis database",
  when: "before",
  guarded: true,
  offerSecrets: ({ password }) => [password],
  requestSecrets: ({ password }) => [password],
  offerProofs: ({ password }) => [redisLogin(password)],
  backup: ({ password }) => ({
    method: methodIn(path.join(__dirname, "backups"), "redis"),
    arguments: ["{data}"],
    secret: password,
    whole: true,
  }),
  claims: ({ number }) => [`Redis database ${number}`],
});

/** The capability, and where a program finds its database. */
export const redisDatabase = {
  ...capability,

  /** Where Redis answers a service of this host. */
  serverOf: (context: ServiceContext) => peer(context, capability),

  /** Where a program that takes one URL finds its database; what the password contains is quoted for a URL. */
  url:
    ({ number }: Pick<RedisDatabase, "number">) =>
    (password: string, context: ServiceContext): string => {
      const { host, port } = redisDatabase.serverOf(context);
      return `redis://default:${encodeURIComponent(password)}@${host}:${port}/${number}`;
    },
};
