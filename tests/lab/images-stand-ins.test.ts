import {
  docker,
  eventually,
  hardened,
  image,
  inside,
  minute,
  mounted,
  run,
  runsAs,
  start,
  useImages,
} from "./harness/containers";

/** A stand-in keeps the contract of the program it plays: when it starts, when it is healthy, and what it answers. */

useImages("postgres", "redis", "palais", "sure", "kaneo-api", "kaneo", "grafana", "diun", "openclaw");

const PASSWORD = "p@ss/word";
const databaseUrl = (password: string): string => `postgres://app:${encodeURIComponent(password)}@${run}-db:5432/app`;
const variables = (values: Record<string, string>): string[] =>
  Object.entries(values).flatMap(([name, value]) => ["--env", `${name}=${value}`]);

/** The body of an answer, of an error too. */
const answer = (name: string, url: string): string =>
  inside(name, "sh", "-c", 'wget -qO- --content-on-error "$0" || true', `http://127.0.0.1:${url}`);
/** @throws unless the body becomes the expected one */
const answers = (name: string, url: string, expected: string | RegExp): Promise<void> =>
  eventually(() => expect(answer(name, url)).toMatch(expected), minute);
/** What a container says that does not start. */
function refusal(name: string, ...options: string[]): string {
  try {
    return `started: ${docker("run", "--rm", ...options, image(name))}`;
  } catch (error) {
    return (error as { stderr: string }).stderr;
  }
}

beforeAll(async () => {
  start("db", image("postgres"), variables({ POSTGRES_PASSWORD: PASSWORD, POSTGRES_USER: "app" }));
  start("cache", image("redis"), []);
  await eventually(() => inside("db", "pg_isready", "--host", "127.0.0.1"));
}, 2 * minute);

describe("palais", () => {
  const play = (name: string, password: string): void =>
    start(name, image("palais"), [
      ...hardened,
      ...mounted(`/run/secrets/${name}`, databaseUrl(password)),
      ...variables({ PORT: "3300", DATABASE_URL_FILE: `/run/secrets/${name}` }),
    ]);

  test("is healthy once it is logged in to its database, and says what it is", async () => {
    play("palais", PASSWORD);
    await answers("palais", "3300/health", '{"status":"ok"}');
    const headers = inside("palais", "sh", "-c", "wget -S -O/dev/null http://127.0.0.1:3300/ 2>&1");
    expect(headers).toContain("X-Stand-In: palais");
    expect(answer("palais", "3300/none")).toContain("the stand-in of palais has no /none");
    expect(inside("palais", "stand-in", "--version")).toBe("1.0.0");
    expect(runsAs("palais")).toEqual(["1000", "1000"]);
  });

  test("is not with a wrong password, and gives the reason without it", async () => {
    play("stranger", "canary-wrong");
    await answers("stranger", "3300/health", "password authentication failed");
    expect(() => inside("stranger", "wget", "-qO-", "http://127.0.0.1:3300/health")).toThrow(/wget/);
    expect(docker("logs", `${run}-stranger`)).not.toContain("canary-wrong");
  });

  test("does not start without what it needs, and names all of it", () => {
    expect(refusal("palais")).toMatch(/PORT, found none[^]*named by \$DATABASE_URL_FILE/);
  });
});

test("sure needs its key, its database and Redis, and the official image's curl tells its health", async () => {
  const settings = {
    ...{ APP_DOMAIN: "sure.test", SECRET_KEY_BASE: "key", DB_HOST: `${run}-db`, POSTGRES_DB: "app" },
    ...{ POSTGRES_USER: "app", POSTGRES_PASSWORD: PASSWORD, REDIS_URL: `redis://:x@${run}-cache:6379/1` },
  };
  start("sure", image("sure"), [...hardened, ...variables(settings)]);
  await eventually(() => inside("sure", "curl", "-fsS", "http://127.0.0.1:3000/up"), minute);
  docker("stop", `${run}-cache`);
  await answers("sure", "3000/up", "6379");
  docker("start", `${run}-cache`);
  await answers("sure", "3000/up", "green");
  expect(runsAs("sure")).toEqual(["1000", "1000"]);
});

test("kaneo's API starts by the command of the real one, and its site has every path", async () => {
  const urls = { KANEO_CLIENT_URL: "http://kaneo.test", KANEO_API_URL: "http://kaneo.test" };
  const settings = variables({ ...urls, AUTH_SECRET: "secret", DATABASE_URL: databaseUrl(PASSWORD) });
  start("kaneo-api", image("kaneo-api"), [...hardened, ...settings]);
  start("kaneo", image("kaneo"), [...hardened, ...variables(urls)]);
  await answers("kaneo-api", "1337/api/health", '"status":"ok"');
  await answers("kaneo", "5173/any/page", "stand-in for Kaneo 2.1.1");
  expect([runsAs("kaneo-api"), runsAs("kaneo")]).toEqual([
    ["1001", "1001"],
    ["1001", "1001"],
  ]);
  expect(refusal("kaneo-api", "--entrypoint", "node")).toMatch(
    /expected the arguments .*"dist\/index.js".*, found \[\]/,
  );
});

test("grafana reads what is provisioned, and answers health and version as Grafana does", async () => {
  const provisioned = ["grafana.ini", "provisioning/datasources/vpai.yaml", "provisioning/dashboards/vpai.yaml"];
  const files = provisioned.flatMap((file) => mounted(`/etc/grafana/${file}`, "a: b\n"));
  const password = mounted("/run/secrets/admin", PASSWORD);
  const option = variables({ GF_SECURITY_ADMIN_PASSWORD__FILE: "/run/secrets/admin" });
  expect(refusal("grafana", ...password, ...option)).toMatch(/grafana.ini[^]*datasources[^]*dashboards/);
  start("grafana", image("grafana"), [...hardened, ...files, ...password, ...option]);
  await answers("grafana", "3000/api/health", /"database": "ok",\s+"version": "12.3.2"/);
  await answers("grafana", "3000/", "stand-in for Grafana");
  expect(answer("grafana", "3000/metrics")).toMatch(/^stand_in_healthy 1$/m);
  expect(inside("grafana", "grafana", "--version")).toBe("grafana version 12.3.2");
  expect(runsAs("grafana")).toEqual(["472", "0"]);
});

test("openclaw starts by the command of the real one, with its token and its configuration", async () => {
  const secrets = { OPENCLAW_GATEWAY_TOKEN: "canary-token", OPENCLAW_LLM_KEY: "canary-key" };
  const places = { OPENCLAW_CONFIG_PATH: "/etc/openclaw/openclaw.json", OPENCLAW_STATE_DIR: "/home/node/.openclaw" };
  const file = mounted("/etc/openclaw/openclaw.json", "{}\n");
  start("openclaw", image("openclaw"), [...hardened, ...file, ...variables({ ...secrets, ...places })]);
  await answers("openclaw", "18789/", "stand-in for OpenClaw 2026.2.22");
  expect(inside("openclaw", "node", "openclaw.mjs", "--version")).toBe("2026.2.22");
  expect(docker("logs", `${run}-openclaw`)).not.toContain("canary");
  expect(runsAs("openclaw")).toEqual(["1000", "1000"]);
});

test("diun reads its files, and its own command line reaches the server", async () => {
  const files = [mounted("/etc/diun/diun.yml", "db: {}\n"), mounted("/etc/diun/images.yml", "[]\n")];
  const options = [...hardened, ...files.flat()];
  start("diun", image("diun"), options, "serve", "--config", "/etc/diun/diun.yml");
  await eventually(() => inside("diun", "diun", "image", "list", "--raw"), minute);
  expect(inside("diun", "diun", "--version")).toBe("4.31.0");
});
