import type { ContainerService } from "../../../model/service";
import litellm from "../../../platforms/vpai/services/litellm";
import redisCache from "../../../platforms/vpai/services/redis-cache";
import { contextWith } from "../../context";
import { eventually } from "../../eventually";
import { docker, hardened, image, inside, minute, mounted, run, start, useImages } from "../harness/containers";
import { send } from "../harness/http";

/**
 * LiteLLM's response cache: the real LiteLLM and Redis with the platform's own files. The provider is a fake that counts its calls,
 * since no real one may be asked.
 */

useImages("postgres", "redis", "litellm");

const MASTER = "sk-canary-master";
const PASSWORD = "canary-of-the-cache";
const context = contextWith();

/** Answers as OpenAI's API does, another text with each call. */
const PROVIDER = `
import http.server, json
calls = 0
class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.reply(str(calls))
    def do_POST(self):
        global calls
        calls += 1
        self.rfile.read(int(self.headers["content-length"]))
        self.reply(json.dumps({"id": "chatcmpl-%d" % calls, "object": "chat.completion", "created": 1, "model": "fake",
          "choices": [{"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": "answer %d" % calls}}],
          "usage": {"prompt_tokens": 10, "completion_tokens": 5, "total_tokens": 15}}))
    def reply(self, text):
        self.send_response(200)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(text)))
        self.end_headers()
        self.wfile.write(text.encode())
http.server.ThreadingHTTPServer(("0.0.0.0", 9999), Handler).serve_forever()
`;

let address: string;

/** The rendered files of a service. */
const filesOf = ({ files }: Pick<ContainerService, "files">): string[] =>
  (files?.(context) ?? []).flatMap(({ path, content }) => mounted(path, content as string));

beforeAll(async () => {
  const alias = (name: string): string[] => ["--network-alias", name];
  start("db", image("postgres"), ["--env", "POSTGRES_PASSWORD=database", "--env", "POSTGRES_DB=litellm"]);
  const users = redisCache.secrets?.["users.acl"]?.render?.(PASSWORD, context) ?? "";
  for (const name of ["redis", "redis-cache"])
    start(
      name,
      image("redis"),
      [...hardened, "--user", "999:999", "--tmpfs", "/data:mode=1777", ...alias(name), ...filesOf(redisCache)].concat(
        mounted("/run/secrets/users.acl", users),
      ),
      ...(redisCache.run.command ?? []),
    );
  start("provider", image("litellm"), ["--entrypoint", "python3"], "-c", PROVIDER);
  await eventually(() => inside("db", "pg_isready", "--host", "127.0.0.1"), 60);
  const variables = {
    ...litellm.environment?.(context),
    LITELLM_MASTER_KEY: MASTER,
    LITELLM_SALT_KEY: "sk-canary-salt",
    DATABASE_URL: `postgresql://postgres:database@${run}-db:5432/litellm`,
    REDIS_PASSWORD: PASSWORD,
    REDIS_CACHE_PASSWORD: PASSWORD,
    QDRANT_API_KEY: "none",
  };
  start(
    "litellm",
    image("litellm"),
    [
      ...[...hardened, "--user", "65534:65534", "--read-only", "--tmpfs", "/tmp:mode=1777"],
      ...Object.entries(variables).flatMap(([name, value]) => ["--env", `${name}=${value}`]),
      ...filesOf(litellm),
    ],
    ...(litellm.run.command ?? []),
  );
  address = docker("inspect", "--format", "{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}", `${run}-litellm`);
  await eventually(
    async () => expect((await send("GET", `http://${address}:4000/health/readiness`)).status).toBe(200),
    300,
  );
  const api_base = `http://${run}-provider:9999/v1`;
  const params = { model: "hosted_vllm/fake", api_base, api_key: "none" };
  await ask("/model/new", { model_name: "fake", litellm_params: params });
}, 30 * minute);

async function ask(where: string, body: object): Promise<Record<string, unknown>> {
  const headers = { authorization: `Bearer ${MASTER}` };
  const { status, text } = await send("POST", `http://${address}:4000${where}`, headers, body);
  expect([status, text]).toEqual([200, text]);
  return JSON.parse(text) as Record<string, unknown>;
}

const answerTo = async (content: string, more: object = {}): Promise<string | undefined> => {
  const body = { model: "fake", messages: [{ role: "user", content }], ...more };
  const { choices } = (await ask("/v1/chat/completions", body)) as { choices: { message: { content: string } }[] };
  return choices[0]?.message.content;
};

const calls = (): number => Number(inside("litellm", "wget", "-qO-", `http://${run}-provider:9999/`));
const redis = (...command: string[]): string =>
  inside(
    "redis-cache",
    "redis-cli",
    "-u",
    `redis://default:${PASSWORD}@127.0.0.1:6379`,
    "--no-auth-warning",
    ...command,
  );

test("the same question, asked twice, is asked of the provider once", async () => {
  const first = await eventually(() => answerTo("What is it?"), 60);
  const before = calls();
  await eventually(() => expect(redis("DBSIZE")).not.toBe("0"), 20);
  expect(await answerTo("What is it?")).toBe(first);
  expect(calls()).toBe(before);
});

test("what is nearly the same is another question", async () => {
  const before = calls();
  const answers = [
    await answerTo("What is that?"),
    await answerTo("What is it"),
    await answerTo("What is it?", { temperature: 0.1 }),
  ];
  expect(new Set(answers).size).toBe(3);
  expect(calls()).toBe(before + 3);
});

test("responses lie in the Redis that forgets, for an hour at most, and it keeps nothing over a restart", () => {
  const keys = redis("KEYS", "litellm:*").split("\n").filter(Boolean);
  expect(keys.length).toBeGreaterThanOrEqual(4);
  for (const key of keys) {
    const ttl = Number(redis("TTL", key));
    expect([ttl > 0, ttl <= 3600]).toEqual([true, true]);
  }
  expect(redis("CONFIG", "GET", "maxmemory-policy").split("\n")).toEqual(["maxmemory-policy", "allkeys-lru"]);
  docker("restart", `${run}-redis-cache`);
  expect(redis("KEYS", "litellm:*")).toBe("");
});
