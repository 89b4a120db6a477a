import { eventually } from "../eventually";
import { ensureImage } from "../../lab/images/build";
import { labImage } from "../../lab/images/catalogue";
import { imageId } from "../../lab/images/engine";
import { pushImage } from "../../lab/images/push";
import { docker, hardened, image, inside, minute, mounted, run, runsAs, start, useImages } from "./harness/containers";

/** What production relies on in each image of the group "core", tried on the image that the lab runs. */

const core = ["base", "lab-host", "registry", "postgres", "redis", "caddy", "n8n"];
const password = `it's "quoted" $HOME \`id\` %s {{x}} é`;
const stepDown = ["CHOWN", "DAC_OVERRIDE", "FOWNER", "SETGID", "SETUID"].flatMap((name) => ["--cap-add", name]);

useImages(...core);

test("every image that we built says what program it runs, and in which version", () => {
  const built = core.map(labImage).filter(({ name }) => !image(name).includes(":upstream-"));
  for (const { name, program, version } of built) {
    const labels = JSON.parse(
      docker("image", "inspect", "--format", "{{json .Config.Labels}}", image(name)),
    ) as unknown;
    expect(labels).toMatchObject({ "vpai.lab.program": program, "org.opencontainers.image.version": version });
  }
});

test("an image that is there is not built again", async () => {
  const begin = Date.now();
  expect(await ensureImage("redis")).toBe(image("redis"));
  expect(Date.now() - begin).toBeLessThan(10_000);
});

describe("postgres", () => {
  const secret = "/run/secrets/password";
  const login = (given: string, sql: string): string =>
    docker(
      ...[
        "exec",
        "--env",
        `PGPASSWORD=${given}`,
        `${run}-postgres`,
        "psql",
        "--no-psqlrc",
        "--tuples-only",
        "--no-align",
      ],
      ...["--host", `${run}-postgres`, "--username", "vpai", "--dbname", "main", "--command", sql],
    );

  beforeAll(async () => {
    const options = [
      ...[...hardened, ...stepDown, ...mounted(secret, `${password}\n`)],
      ...mounted("/docker-entrypoint-initdb.d/10-table.sql", "CREATE TABLE made_at_first_start (id int);"),
      ...["--env", `POSTGRES_PASSWORD_FILE=${secret}`, "--env", "POSTGRES_USER=vpai", "--env", "POSTGRES_DB=main"],
      ...["--env", "POSTGRES_INITDB_ARGS=--data-checksums"],
    ];
    start("postgres", image("postgres"), options, "-c", "max_connections=37");
    await eventually(() => inside("postgres", "pg_isready", "--host", "127.0.0.1"));
  }, 3 * minute);

  test("runs the stated version as user 999", () => {
    expect(login(password, "SHOW server_version")).toMatch(/^18\.1\b/);
    expect(runsAs("postgres")).toEqual(["999", "999"]);
  });

  test("takes the password from its file, byte for byte, and no other", () => {
    expect(login(password, "SELECT current_user")).toBe("vpai");
    expect(() => login("wrong", "SELECT 1")).toThrow(/password authentication failed/);
    expect(login(password, "SELECT rolpassword LIKE 'SCRAM-SHA-256$%' FROM pg_authid WHERE rolname = 'vpai'")).toBe(
      "t",
    );
  });

  test("passes arguments on, obeys initdb's, and has run the first start's script", () => {
    expect(login(password, "SHOW max_connections")).toBe("37");
    expect(login(password, "SHOW data_checksums")).toBe("on");
    expect(login(password, "SELECT count(*) FROM made_at_first_start")).toBe("0");
  });

  test("keeps its data where the official image does, sorts by locale and by ICU", () => {
    expect(login(password, "SHOW data_directory")).toBe("/var/lib/postgresql/18/docker");
    expect(login(password, "SELECT datcollate FROM pg_database WHERE datname = 'main'")).toBe("en_US.utf8");
    expect(login(password, `SELECT 'ä' < 'b' COLLATE "en-x-icu"`)).toBe("t");
  });

  test("dumps with a client of the server's version", () => {
    const dump = docker("exec", "--user", "postgres", `${run}-postgres`, "pg_dump", "--username", "vpai", "main");
    expect(dump).toContain("CREATE TABLE public.made_at_first_start");
  });

  test("starts again with the data, and without the secret", async () => {
    const environment = (): string => docker("exec", "--user", "postgres", `${run}-postgres`, "cat", "/proc/1/environ");
    expect(environment()).toContain(`POSTGRES_PASSWORD_FILE=${secret}`);
    expect(environment()).not.toContain("quoted");
    docker("restart", `${run}-postgres`);
    await eventually(() => inside("postgres", "pg_isready", "--host", "127.0.0.1"));
    expect(login(password, "SELECT count(*) FROM made_at_first_start")).toBe("0");
    expect(environment()).not.toContain("quoted");
  });

  test("refuses to start without a password", () => {
    const attempt = (): string => docker("run", "--rm", "--name", `${run}-bare`, image("postgres"));
    expect(attempt).toThrow(/POSTGRES_PASSWORD/);
  });
});

test(
  "redis reads its settings and users from files and runs as user 999",
  async () => {
    const settings = ["bind 0.0.0.0", "aclfile /etc/redis/users.acl", "appendonly yes", "dir /data", ""].join("\n");
    const options = [
      ...mounted("/etc/redis/redis.conf", settings),
      ...mounted("/etc/redis/users.acl", "user default off\nuser app on >canary ~app:* +@all\n"),
    ];
    start("redis", image("redis"), [...hardened, ...stepDown, ...options], "redis-server", "/etc/redis/redis.conf");
    const as = (given: string, ...command: string[]): string =>
      inside(
        "redis",
        "redis-cli",
        "-h",
        `${run}-redis`,
        "--no-auth-warning",
        "--user",
        "app",
        "--pass",
        given,
        ...command,
      );
    expect(await eventually(() => as("canary", "SET", "app:key", "value"))).toBe("OK");
    expect(as("wrong", "PING")).toMatch(/NOAUTH/);
    expect(inside("redis", "redis-cli", "PING")).toMatch(/NOAUTH/);
    expect(as("canary", "SET", "other", "value")).toMatch(/NOPERM/);
    expect(as("canary", "INFO", "server")).toMatch(/redis_version:8\.0\./);
    expect(runsAs("redis")).toEqual(["999", "999"]);
    docker("restart", `${run}-redis`);
    expect(await eventually(() => as("canary", "GET", "app:key"))).toBe("value");
  },
  2 * minute,
);

describe("caddy", () => {
  test(
    "serves HTTPS with its own authority, hardened, and knows the OVH DNS challenge",
    async () => {
      const site = 'caddy.test {\n\ttls internal\n\trespond /health "well"\n}\n';
      const options = [...hardened, "--cap-add", "NET_BIND_SERVICE", ...mounted("/etc/caddy/Caddyfile", site)];
      start("caddy", image("caddy"), [...options, "--network-alias", "caddy.test"]);
      const get = (): string => inside("caddy", "wget", "-qO-", "--no-check-certificate", "https://caddy.test/health");
      expect(await eventually(get)).toBe("well");
      expect(inside("caddy", "caddy", "list-modules")).toContain("dns.providers.ovh");
      expect(inside("caddy", "caddy", "version")).toMatch(/^v2\.10\.2 /);
    },
    minute,
  );

  test("cannot start without the capability that its file asks for, as in production", () => {
    const attempt = (): string => docker("run", "--rm", "--cap-drop", "ALL", image("caddy"), "caddy", "version");
    expect(attempt).toThrow(/operation not permitted/);
  });
});

describe("n8n", () => {
  const workflow = [
    {
      ...{ id: "imagesTest", name: "sum", active: false, settings: {} },
      nodes: [
        {
          ...{
            id: "1",
            name: "Webhook",
            type: "n8n-nodes-base.webhook",
            typeVersion: 2,
            position: [0, 0],
            webhookId: "sum",
          },
          parameters: { path: "sum", responseMode: "lastNode", options: {} },
        },
        {
          ...{ id: "2", name: "Code", type: "n8n-nodes-base.code", typeVersion: 2, position: [200, 0] },
          parameters: { jsCode: "return [{ json: { sum: 40 + 2 } }];" },
        },
      ],
      connections: { Webhook: { main: [[{ node: "Code", type: "main", index: 0 }]] } },
    },
  ];
  const get = (where: string): string => inside("n8n", "wget", "-qO-", `http://127.0.0.1:5678${where}`);
  const ready = (): Promise<string> => eventually(() => get("/healthz/readiness"), 240);

  beforeAll(async () => {
    start("n8n-db", image("postgres"), ["--env", `POSTGRES_PASSWORD=${password}`, "--env", "POSTGRES_DB=n8n"]);
    await eventually(() => inside("n8n-db", "pg_isready", "--host", "127.0.0.1"));
    const options = [
      ...mounted("/run/secrets/database", password),
      ...mounted("/run/secrets/key", "canary-encryption-key"),
      ...mounted("/tmp/workflow.json", JSON.stringify(workflow)),
      ...[
        "DB_TYPE=postgresdb",
        `DB_POSTGRESDB_HOST=${run}-n8n-db`,
        "DB_POSTGRESDB_USER=postgres",
        "DB_POSTGRESDB_DATABASE=n8n",
      ],
      ...["DB_POSTGRESDB_PASSWORD_FILE=/run/secrets/database", "N8N_ENCRYPTION_KEY_FILE=/run/secrets/key"],
      "N8N_DIAGNOSTICS_ENABLED=false",
    ].flatMap((option) => (/^[A-Z0-9_]+=/.test(option) ? ["--env", option] : [option]));
    start("n8n", image("n8n"), [...hardened, ...options]);
    await ready();
  }, 6 * minute);

  test("runs as user 1000, with its data in /home/node/.n8n", () => {
    expect(runsAs("n8n")).toEqual(["1000", "1000"]);
    expect(inside("n8n", "stat", "--format", "%u %a", "/home/node/.n8n")).toMatch(/^1000 7/);
  });

  test("answers its health check and says the version it is of", () => {
    expect(get("/healthz")).toBe('{"status":"ok"}');
    const expected = image("n8n").includes(":upstream-") ? "2.7.3" : labImage("n8n").version;
    expect(inside("n8n", "n8n", "--version")).toBe(expected);
  });

  test("uses the encryption key from its file", () => {
    expect(inside("n8n", "cat", "/home/node/.n8n/config")).toContain("canary-encryption-key");
  });

  test(
    "runs an imported workflow with a Code node after a restart",
    async () => {
      inside("n8n", "n8n", "import:workflow", "--input=/tmp/workflow.json");
      inside("n8n", "n8n", "publish:workflow", "--id=imagesTest");
      docker("restart", `${run}-n8n`);
      await ready();
      expect(await eventually(() => get("/webhook/sum"))).toBe('{"sum":42}');
    },
    6 * minute,
  );
});

describe("the registry", () => {
  test(
    "takes an image under production's name once, and gives back the same",
    async () => {
      start("registry", image("registry"), ["--publish", "127.0.0.1::80"]);
      const registry = docker("port", `${run}-registry`, "80/tcp").split("\n")[0] ?? "";
      const digest = await pushImage("redis", registry);
      expect(digest).toMatch(/^sha256:[0-9a-f]{64}$/);
      expect(await pushImage("redis", registry)).toBe(digest);
      const pulled = `${registry}/library/redis:8.0.2`;
      expect(await imageId(pulled)).toBeUndefined();
      docker("pull", "--quiet", pulled);
      expect(await imageId(pulled)).toBe(await imageId(image("redis")));
      docker("rmi", "--no-prune", pulled);
    },
    3 * minute,
  );

  test("refuses what production does not use", async () => {
    await expect(pushImage("lab-host", "127.0.0.1:1")).rejects.toThrow(/found "lab-host"/);
  });
});
