import { SITE } from "./kaneo";
import { defineService, hostnameOf, ownDatabase } from "../../../model/service";
import { databaseUrl } from "../../../capabilities/database-url";

const PORT = 1337;

const DATABASE = ownDatabase("kaneo", "Kaneo's");

export default defineService({
  name: "kaneo-api",
  group: "apps",
  image: "ghcr.io/usekaneo/api:2.1.1",
  user: { uid: 1001, gid: 1001 },
  networks: ["backend"],
  port: PORT,
  expose: [{ subdomain: SITE.subdomain, path: "/api/*", port: PORT, access: SITE.access }],
  entrypoint: ["node", "--enable-source-maps", "dist/index.js"],
  environment: ({ domain }) => {
    const site = `https://${hostnameOf(SITE, domain)}`;
    return { KANEO_CLIENT_URL: site, KANEO_API_URL: site, CORS_ORIGINS: site, DISABLE_GUEST_ACCESS: "true" };
  },
  secrets: {
    database_url: { secret: DATABASE.password, exported: "DATABASE_URL", render: databaseUrl(DATABASE) },
    auth_secret: {
      secret: {
        name: "kaneoAuthSecret",
        description: "Key that Kaneo signs logins with",
        ansible: "kaneo_auth_secret",
        origin: "random",
        length: 32,
      },
      exported: "AUTH_SECRET",
    },
  },
  limits: { memoryMiB: 192, cpus: 0.25 },
  health: { test: ["wget", "-q", "-O", "/dev/null", `http://127.0.0.1:${PORT}/api/health`] },
  needs: ["postgresql"],
  database: DATABASE,
  backup: { kind: "none", reason: "all that it keeps is in PostgreSQL, whose dumps contain it" },
});
