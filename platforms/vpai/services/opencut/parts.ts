import type { SecretDeclaration } from "../../../../model/secret";

/** What OpenCut's own servers have in common: they run when it does, and nobody else reaches them. */
export const PART = { start: "demand", networks: ["opencut"] } as const;

export const OPENCUT_DATABASE = { name: "opencut", user: "opencut" } as const;

const random = (name: string, description: string): SecretDeclaration => ({
  name,
  description,
  origin: "random",
  length: 32,
});

export const DATABASE_PASSWORD: SecretDeclaration = {
  ...random("opencutDatabasePassword", "Password of OpenCut's user in its PostgreSQL"),
  fixed: {
    because: "OpenCut's PostgreSQL takes it on its first start only",
    lost: "OpenCut's way to its accounts, which its PostgreSQL would refuse",
  },
};
export const VALKEY_PASSWORD = random("opencutValkeyPassword", "Password of OpenCut's Valkey");
export const REDIS_TOKEN = random("opencutRedisToken", "Token that OpenCut shows to its Redis over HTTP");
