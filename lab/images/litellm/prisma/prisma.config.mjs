import { Database } from "./database.mjs";

/** Lets Prisma's command line use the schema engine that it contains, instead of a native one from Prisma's server. */
export default {
  experimental: { adapter: true },
  engine: "js",
  adapter: async () => new Database(process.env.DATABASE_URL),
};
