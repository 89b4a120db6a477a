import { postgresqlDatabase } from "../../../capabilities/postgresql-database";
import { defineService } from "../../../model/service";
import { UNSEEN } from "../../../programs/unseen";

const DATABASE = postgresqlDatabase.own("palais", "Palais'", {
  seed: { kind: "none", reason: "which tables it has is known once its owner has published it" },
});

export default defineService({
  name: "palais",
  group: "apps",
  run: {
    image: "ghcr.io/mobutoo/palais:1.0.0",
    publisher: "its owner",
    networks: ["backend"],
    writableRoot: UNSEEN,
  },
  user: { uid: 1000, gid: 1000 },
  port: 3300,
  expose: [{ subdomain: "palais", port: 3300, access: "vpn", answers: { at: "/health" } }],
  environment: () => ({ NODE_ENV: "production", PORT: "3300" }),
  secrets: {
    database_url: {
      secret: DATABASE.password,
      variable: "DATABASE_URL_FILE",
      render: postgresqlDatabase.url(DATABASE),
    },
  },
  limits: { memoryMiB: 128, cpus: 0.25 },
  health: { test: ["wget", "-q", "-O", "/dev/null", "http://127.0.0.1:3300/health"] },
  uses: [postgresqlDatabase.request(DATABASE)],
});
