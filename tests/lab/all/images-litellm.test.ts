import { liteLlmKeyKind as kind } from "../../../providers/resources/litellm-key";
import { eventually } from "../../eventually";
import { SshServer } from "../../unit/providers/ssh-server";
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

/** What production relies on in LiteLLM's image: virtual keys, what they spend and their budgets, in PostgreSQL. */

useImages("postgres", "litellm");

describe("litellm", () => {
  const master = "sk-canary-master";
  const settings = {
    model_list: [
      {
        model_name: "fake",
        litellm_params: {
          ...{ model: "openai/fake", api_base: "http://127.0.0.1:9999/v1", api_key: "none" },
          ...{ input_cost_per_token: 0.01, output_cost_per_token: 0.02 },
        },
      },
    ],
    litellm_settings: { callbacks: ["prometheus"] },
    general_settings: { master_key: "os.environ/LITELLM_MASTER_KEY", proxy_batch_write_at: 1 },
  };
  /** A provider of OpenAI's interface: every answer takes ten tokens of input and five of output, so it costs 0.2 USD. */
  const provider = `
import http.server, json, uuid
answer = {"object": "chat.completion", "created": 1, "model": "fake",
  "choices": [{"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": "forty-two"}}],
  "usage": {"prompt_tokens": 10, "completion_tokens": 5, "total_tokens": 15}}
class Handler(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        self.rfile.read(int(self.headers["content-length"]))
        body = json.dumps({"id": str(uuid.uuid4()), **answer}).encode()
        self.send_response(200)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
http.server.ThreadingHTTPServer(("127.0.0.1", 9999), Handler).serve_forever()
`;
  /** Status and body of a request to the proxy, from inside its container. */
  const request = `
import sys, urllib.error, urllib.request
path, key, body = sys.argv[1:]
headers = {"authorization": "Bearer " + key, "content-type": "application/json"}
question = urllib.request.Request("http://127.0.0.1:4000" + path, body.encode() or None, headers)
try:
    answer = urllib.request.urlopen(question, timeout=60)
except urllib.error.HTTPError as error:
    answer = error
print(answer.status)
print(answer.read().decode())
`;
  const ask = (where: string, key: string, body?: object): { status: number; text: string } => {
    const given = body === undefined ? "" : JSON.stringify(body);
    const [status = "", ...lines] = inside("litellm", "python3", "/request.py", where, key, given).split("\n");
    return { status: Number(status), text: lines.join("\n") };
  };
  const json = (where: string, key: string, body?: object): unknown => JSON.parse(ask(where, key, body).text);
  const chat = (key: string): { status: number; text: string } =>
    ask("/v1/chat/completions", key, { model: "fake", messages: [{ role: "user", content: "What is it?" }] });
  const sql = (statement: string): string =>
    inside(
      "litellm-db",
      ...["psql", "--tuples-only", "--no-align", "--username", "postgres", "litellm", "-c", statement],
    );
  const ready = (): Promise<unknown> =>
    eventually(() => inside("litellm", "wget", "-qO-", "http://127.0.0.1:4000/health/liveliness"), 240);

  let key: string;
  beforeAll(async () => {
    start("litellm-db", image("postgres"), ["--env", "POSTGRES_PASSWORD=database", "--env", "POSTGRES_DB=litellm"]);
    await eventually(() => inside("litellm-db", "pg_isready", "--host", "127.0.0.1"));
    const options = [
      ...[...hardened, "--user", "65534:65534", "--read-only", "--tmpfs", "/tmp:mode=1777"],
      ...mounted("/app/config.yaml", JSON.stringify(settings)),
      ...mounted("/request.py", request),
      ...mounted("/provider.py", provider),
      ...["--env", `DATABASE_URL=postgresql://postgres:database@${run}-litellm-db:5432/litellm`],
      ...["--env", `LITELLM_MASTER_KEY=${master}`, "--env", "LITELLM_SALT_KEY=sk-canary-salt"],
    ];
    start("litellm", image("litellm"), options, "--config", "/app/config.yaml", "--port", "4000");
    docker("exec", "--detach", `${run}-litellm`, "python3", "/provider.py");
    await ready();
    key = (
      json("/key/generate", master, { key_alias: "test", max_budget: 0.3, metadata: { text: awkward } }) as {
        key: string;
      }
    ).key;
  }, 6 * minute);

  test("runs the stated version as any user, with a read-only file system and its schema in PostgreSQL", () => {
    expect(json("/health/readiness", master)).toMatchObject({ db: "connected", litellm_version: "1.81.3" });
    expect(runsAs("litellm")).toEqual(["65534", "65534"]);
    expect(Number(sql("SELECT count(*) FROM _prisma_migrations WHERE finished_at IS NOT NULL"))).toBeGreaterThan(60);
  });

  test("keeps virtual keys in PostgreSQL, byte for byte, as hashes", () => {
    expect(sql(`SELECT metadata->>'text' FROM "LiteLLM_VerificationToken" WHERE key_alias = 'test'`)).toBe(awkward);
    expect(sql(`SELECT count(*) FROM "LiteLLM_VerificationToken" WHERE token = '${key}'`)).toBe("0");
    expect(ask("/key/info", "sk-nobody").status).toBe(401);
  });

  test(
    "counts what a key spends, and refuses it beyond its budget",
    async () => {
      expect(chat("sk-nobody").status).toBe(401);
      expect(chat(key)).toMatchObject({ status: 200, text: expect.stringContaining("forty-two") as string });
      expect(chat(key).status).toBe(200);
      await eventually(() => expect(json(`/key/info?key=${key}`, master)).toMatchObject({ info: { spend: 0.4 } }));
      expect(chat(key)).toMatchObject({
        status: 400,
        text: expect.stringContaining("Budget has been exceeded") as string,
      });
      const logs = json(`/spend/logs?api_key=${key}`, master) as { spend: number }[];
      expect(logs.filter(({ spend }) => spend === 0.2)).toHaveLength(2);
      expect(ask("/metrics/", master).text).toMatch(/litellm_spend_metric_total\{.*api_key_alias="test".*\} 0\.4/);
    },
    3 * minute,
  );

  test(
    "lets in both keys while one takes the other's place, and only the new one then",
    async () => {
      const ssh = await SshServer.start();
      ssh.respond = ([, ...args]) => ({ code: 0, stdout: docker(...args), stderr: "" });
      try {
        const server = { container: `${run}-litellm`, port: 4000, masterKey: master };
        const form = { alias: "turn", before: "", maxBudget: 1, budgetDuration: "1d", models: [] };
        const first = { connection: ssh.connection, server, ...form, key: "sk-canary-first" };
        const statuses = () => ["sk-canary-first", "sk-canary-second"].map((one) => ask("/models", one).status);
        await kind.ensure(first);
        expect(statuses()).toEqual([200, 401]);
        const both = await kind.ensure({ ...first, key: "sk-canary-second", before: first.key }, first);
        expect(statuses()).toEqual([200, 200]);
        expect(sql(`SELECT key_alias FROM "LiteLLM_VerificationToken" WHERE key_alias LIKE 'turn%' ORDER BY 1`)).toBe(
          "turn\nturn (of before)",
        );
        const second = await kind.ensure({ ...first, key: "sk-canary-second" }, both);
        expect(statuses()).toEqual([401, 200]);
        await kind.ensure({ ...second, maxBudget: 0 }, second);
        expect(json("/key/info?key=sk-canary-second", master)).toMatchObject({ info: { max_budget: null } });
      } finally {
        await ssh.stop();
      }
    },
    2 * minute,
  );

  test(
    "finds keys and what they spent after a restart",
    async () => {
      docker("restart", `${run}-litellm`);
      await ready();
      expect(json(`/key/info?key=${key}`, master)).toMatchObject({
        info: { spend: 0.4, metadata: { text: awkward } },
      });
    },
    5 * minute,
  );
});
