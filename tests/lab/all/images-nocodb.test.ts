import { eventually } from "../../eventually";
import {
  awkward,
  docker,
  hardened,
  image,
  inside,
  minute,
  mounted,
  run,
  runsAs,
  start,
  useImages,
} from "../harness/containers";
import { labImage } from "../../../lab/images/catalogue";

/** What production relies on in NocoDB's image: its data in PostgreSQL, and its secrets from files. */

useImages("postgres", "nocodb");

describe("nocodb", () => {
  const get = (where: string): string => inside("nocodb", "wget", "-qO-", `http://127.0.0.1:8080${where}`);
  const sql = (statement: string): string =>
    inside(
      "nocodb-db",
      ...["psql", "--tuples-only", "--no-align", "--username", "postgres", "nocodb", "-c", statement],
    );
  const ready = (): Promise<string> => eventually(() => get("/api/v1/health"), 240);
  const signUp = (): string => {
    const body = JSON.stringify({ email: "first@lab.test", password: "canary-Password-1" });
    const headers = ["--header", "content-type: application/json", "--post-data", body];
    return inside("nocodb", "wget", "-nv", "-O-", ...headers, "http://127.0.0.1:8080/api/v1/auth/user/signup");
  };

  beforeAll(async () => {
    start("nocodb-db", image("postgres"), ["--env", `POSTGRES_PASSWORD=${awkward}`, "--env", "POSTGRES_DB=nocodb"]);
    await eventually(() => inside("nocodb-db", "pg_isready", "--host", "127.0.0.1"));
    const connection = {
      host: `${run}-nocodb-db`,
      port: 5432,
      user: "postgres",
      password: awkward,
      database: "nocodb",
    };
    const options = [
      ...[...hardened, "--user", "1000:1000"],
      ...mounted("/run/secrets/database.json", JSON.stringify({ client: "pg", connection })),
      ...["--env", "NC_DB_JSON_FILE=/run/secrets/database.json", "--env", "NC_DISABLE_TELE=true"],
      ...["--env", "NC_AUTH_JWT_SECRET=canary-jwt-secret"],
    ];
    start("nocodb", image("nocodb"), options);
    await ready();
  }, 6 * minute);

  test("answers its health check as user 1000 and says the version it is of", () => {
    expect(JSON.parse(get("/api/v1/health"))).toMatchObject({ message: "OK" });
    expect(runsAs("nocodb")).toEqual(["1000", "1000"]);
    const expected = image("nocodb").includes(":upstream-") ? "0.301.2" : labImage("nocodb").version;
    expect(JSON.parse(get("/api/v1/version"))).toMatchObject({ currentVersion: expected });
  });

  test(
    "keeps accounts in PostgreSQL, reached with the password from the file, and still has them after a restart",
    async () => {
      expect(JSON.parse(signUp())).toHaveProperty("token");
      expect(sql("SELECT email FROM nc_users_v2")).toBe("first@lab.test");
      inside("nocodb", "touch", "/usr/app/data/probe");
      expect(get("/dashboard/")).toContain("<html");
      docker("restart", `${run}-nocodb`);
      await ready();
      expect(signUp).toThrow(/400/);
    },
    5 * minute,
  );
});
