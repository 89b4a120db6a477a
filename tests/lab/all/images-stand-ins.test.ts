import { eventually } from "../../eventually";
import { docker, hardened, image, inside, minute, mounted, run, runsAs, start, useImages } from "../harness/containers";

/** A stand-in keeps the contract of the program it plays: when it starts, when it is healthy, and what it answers. */

useImages("postgres", "redis", "palais", "sure", "kaneo-api", "kaneo", "grafana", "qdrant");

const PASSWORD = "p@ss/word";
const databaseUrl = (password: string): string => `postgres://app:${encodeURIComponent(password)}@${run}-db:5432/app`;
const variables = (values: Record<string, string>): string[] =>
  Object.entries(values).flatMap(([name, value]) => ["--env", `${name}=${value}`]);

/** The body of an answer, of an error too. */
const answer = (name: string, url: string): string =>
  inside(name, "sh", "-c", 'wget -qO- --content-on-error "$0" || true', `http://127.0.0.1:${url}`);
/** @throws unless the body becomes the expected one */
const answers = (name: string, url: string, expected: string | RegExp): Promise<void> =>
  eventually(() => expect(answer(name, url)).toMatch(expected), 60);
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
  await eventually(() => inside("sure", "curl", "-fsS", "http://127.0.0.1:3000/up"), 60);
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

describe("qdrant", () => {
  const KEY = "canary-key";
  const health =
    "exec 3<>/dev/tcp/127.0.0.1/6333; printf 'GET /readyz HTTP/1.0\\r\\n\\r\\n' >&3; grep -q '^HTTP/1.[01] 200' <&3";
  const ready = (): Promise<string> => eventually(() => inside("qdrant", "bash", "-c", health), 60);
  /** What the API answers to a client of that key. */
  function call(method: string, path: string, body?: object, key = KEY): { result?: unknown; status?: unknown } {
    const options = [`--method=${method}`, `--header=api-key: ${key}`, "--header=Content-Type: application/json"];
    const data = body === undefined ? [] : [`--body-data=${JSON.stringify(body)}`];
    const command = ["sh", "-c", 'wget -qO- --content-on-error "$@" || true', "wget", ...options, ...data];
    return JSON.parse(inside("qdrant", ...command, `http://127.0.0.1:6333${path}`)) as { result?: unknown };
  }

  beforeAll(async () => {
    const settings = mounted("/etc/qdrant/qdrant.yaml", "storage: { snapshots_path: /qdrant/storage/snapshots }\n");
    const folders = ["--volume", "/qdrant/storage", "--tmpfs", "/tmp"];
    const options = [...variables({ QDRANT__SERVICE__API_KEY: KEY, QDRANT_INIT_FILE_PATH: "/tmp/.initialized" })];
    const started = [...hardened, "--cap-add", "DAC_OVERRIDE", ...settings, ...folders, ...options];
    start(
      "qdrant",
      image("qdrant"),
      [...started, "--entrypoint", "./qdrant"],
      "--config-path",
      "/etc/qdrant/qdrant.yaml",
    );
    await ready();
  }, 2 * minute);

  test("has the version of the real one, and refuses who has no key", () => {
    expect(call("GET", "/")).toMatchObject({ version: "1.16.3" });
    expect(inside("qdrant", "./qdrant", "--version")).toBe("qdrant 1.16.3");
    expect(() => call("GET", "/collections", undefined, "wrong")).toThrow(/Must provide an API key|JSON/);
  });

  test("does what LiteLLM's semantic cache asks of it", () => {
    expect(call("GET", "/collections/semantic_cache/exists").result).toEqual({ exists: false });
    const vectors = { size: 3, distance: "Cosine" };
    const quantization = { quantization_config: { binary: { always_ram: false } } };
    expect(call("PUT", "/collections/semantic_cache", { vectors, ...quantization }).result).toBe(true);
    expect(call("GET", "/collections/semantic_cache").result).toMatchObject({ config: { params: { vectors } } });
    const point = (id: string, vector: number[], text: string): object => ({
      id,
      vector,
      payload: { text, response: "42" },
    });
    const points = [
      point("11111111-1111-4111-8111-111111111111", [1, 0, 0], "first"),
      point("22222222-2222-4222-8222-222222222222", [0, 1, 0], "second"),
    ];
    expect(call("PUT", "/collections/semantic_cache/points", { points }).result).toMatchObject({ status: "completed" });
    const params = { quantization: { ignore: false, rescore: true, oversampling: 3.0 } };
    const search = { vector: [0.1, 0.9, 0], params, limit: 1, with_payload: true };
    const found = call("POST", "/collections/semantic_cache/points/search", search).result as { score: number }[];
    expect(found).toMatchObject([{ payload: { text: "second", response: "42" } }]);
    expect(found[0]?.score).toBeCloseTo(0.9939, 3);
  });

  test("says what is wrong as Qdrant does", () => {
    const error = (answer: { status?: unknown }): string => (answer.status as { error: string }).error;
    expect(error(call("GET", "/collections/none"))).toBe("Not found: Collection `none` doesn't exist!");
    const again = { vectors: { size: 3, distance: "Cosine" } };
    expect(error(call("PUT", "/collections/semantic_cache", again))).toMatch(/already exists/);
    const short = { points: [{ id: 1, vector: [1, 2] }] };
    expect(error(call("PUT", "/collections/semantic_cache/points", short))).toMatch(/expected dim: 3, got 2/);
    expect(error(call("POST", "/collections/semantic_cache/points/search", { limit: 1 }))).toMatch(/vector/);
  });

  test(
    "queries, scrolls, counts, deletes and snapshots by filter, and keeps all over a restart",
    async () => {
      const filter = { must: [{ key: "text", match: { value: "first" } }] };
      const at = (path: string, body?: object, method = "POST"): unknown =>
        call(method, `/collections/semantic_cache/${path}`, body).result;
      expect(at("points/count", { filter })).toEqual({ count: 1 });
      expect(at("points/scroll", { filter })).toMatchObject({ points: [{ payload: { text: "first" } }] });
      expect(at("points/query", { query: [1, 0, 0], limit: 1 })).toMatchObject({ points: [{ score: 1 }] });
      expect(at("snapshots")).toMatchObject({ name: expect.stringMatching(/^semantic_cache-.*\.snapshot$/) as string });
      expect(at("snapshots", undefined, "GET")).toHaveLength(1);
      expect(at("points/delete", { filter })).toMatchObject({ status: "completed" });
      docker("restart", `${run}-qdrant`);
      await ready();
      expect(at("points/count", {})).toEqual({ count: 1 });
      expect(inside("qdrant", "wget", "-qO-", `--header=api-key: ${KEY}`, "http://127.0.0.1:6333/metrics")).toMatch(
        /^collections_total 1$/m,
      );
      expect(docker("logs", `${run}-qdrant`)).not.toContain(KEY);
    },
    2 * minute,
  );
});
