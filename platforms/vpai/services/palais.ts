import { defineService, ownDatabase } from "../../../model/service";
import { databaseUrl } from "../../../capabilities/database-url";

const DATABASE = ownDatabase("palais", "Palais'");

export default defineService({
  name: "palais",
  group: "apps",
  image: "ghcr.io/mobutoo/palais:1.0.0",
  user: { uid: 1000, gid: 1000 },
  networks: ["backend"],
  port: 3300,
  expose: [{ subdomain: "palais", port: 3300, access: "vpn" }],
  environment: () => ({ NODE_ENV: "production", PORT: "3300" }),
  secrets: {
    database_url: { secret: DATABASE.password, variable: "DATABASE_URL_FILE", render: databaseUrl(DATABASE) },
  },
  limits: { memoryMiB: 128, cpus: 0.25 },
  health: { test: ["wget", "-q", "-O", "/dev/null", "http://127.0.0.1:3300/health"] },
  needs: ["postgresql"],
  database: DATABASE,
  backup: { kind: "none", reason: "all that it keeps is in PostgreSQL, whose dumps contain it" },
});
