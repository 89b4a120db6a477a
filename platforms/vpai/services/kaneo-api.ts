import { postgresqlDatabase } from "../../../capabilities/postgresql-database";
import { SITE } from "./kaneo";
import { defineService } from "../../../model/service";
import { hostnameOf } from "../../../model/site";

const PORT = 1337;

const DATABASE = postgresqlDatabase.own("kaneo", "Kaneo's");

export default defineService({
  name: "kaneo-api",
  group: "apps",
  run: {
    image: "ghcr.io/usekaneo/api:2.1.1",
    networks: ["backend"],
    entrypoint: ["node", "--enable-source-maps", "dist/index.js"],
  },
  user: { uid: 1001, gid: 1001 },
  port: PORT,
  expose: [{ subdomain: SITE.subdomain, path: "/api/*", port: PORT, access: SITE.access }],
  environment: ({ domain }) => {
    const site = `https://${hostnameOf(SITE, domain)}`;
    return { KANEO_CLIENT_URL: site, KANEO_API_URL: site, CORS_ORIGINS: site, DISABLE_GUEST_ACCESS: "true" };
  },
  secrets: {
    database_url: { secret: DATABASE.password, exported: "DATABASE_URL", render: postgresqlDatabase.url(DATABASE) },
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
  uses: [postgresqlDatabase.request(DATABASE)],
});
