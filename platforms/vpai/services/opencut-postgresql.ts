import { defineService } from "../../../model/service";
import { DATABASE_PASSWORD, OPENCUT_DATABASE, PART } from "./opencut/parts";

/** OpenCut's own database server; its first start makes the database. */
export default defineService({
  name: "opencut-postgresql",
  group: "studio",
  run: { ...PART, image: "docker.io/library/postgres:18.1", scratch: ["/var/run/postgresql"] },
  user: { uid: 999, gid: 999 },
  port: 5432,
  environment: () => ({
    POSTGRES_USER: OPENCUT_DATABASE.user,
    POSTGRES_DB: OPENCUT_DATABASE.name,
    POSTGRES_INITDB_ARGS: "--data-checksums",
  }),
  secrets: { password: { secret: DATABASE_PASSWORD, variable: "POSTGRES_PASSWORD_FILE" } },
  data: [
    {
      path: "/var/lib/postgresql",
      directory: "opencut/postgresql",
      backup: { kind: "none", reason: "projects lie in the browser that cuts them; it has accounts alone" },
    },
  ],
  limits: { memoryMiB: 256, cpus: 0.5 },
  health: { test: ["pg_isready", "--username", OPENCUT_DATABASE.user, "--host", "127.0.0.1"], interval: 10 },
  stopTimeout: 60,
});
