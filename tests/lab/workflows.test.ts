import path from "node:path";
import { type Exported, withCredentials, workflowsIn } from "../../capabilities/n8n-workflow";
import n8n from "../../platforms/vpai/services/n8n";
import { CREDENTIALS } from "../../platforms/vpai/services/n8n/credentials";
import { type N8nCredentialState, n8nCredentialKind } from "../../providers/resources/n8n-credential";
import { type N8nWorkflowState, n8nWorkflowKind } from "../../providers/resources/n8n-workflow";
import { contextWith } from "../context";
import { eventually } from "../eventually";
import { projectRoot } from "../../toolchain/environment";
import { SshServer } from "../unit/providers/ssh-server";
import { FAR_ENDS } from "./fakes/far-ends";
import { docker, hardened, image, inside, minute, run, start, useImages } from "./harness/containers";
import { send } from "./harness/http";

/**
 * The platform's workflows in the real n8n, with its real database. What they call is played by fakes: LiteLLM, ComfyUI,
 * Remotion and Kaneo, which note what they are asked and fail when a text asks them to.
 */

useImages("postgres", "n8n");

const VALUES: Readonly<Record<string, string>> = {
  n8nLlmKey: "canary-of-the-llm-key",
  assetsDatabasePassword: "canary p@ss'word",
  n8nWebhookToken: "canary-of-the-webhooks",
  remotionApiToken: "canary-of-remotion",
  kaneoApiKey: "canary-of-kaneo",
};

const SETTINGS = { comfyuiUrl: "http://studio:8188", remotionUrl: "http://cut:3200", kaneoProject: "p1" };
const context = contextWith({ settings: SETTINGS });

const credentials: Record<string, N8nCredentialState> = {};
const workflows: Record<string, N8nWorkflowState> = {};
let ssh: SshServer;
let address: string;

const sql = (database: string, statement: string): string =>
  inside("db", "psql", "--username", "postgres", "--dbname", database, "-tA", "--command", statement);

beforeAll(async () => {
  const alias = (...names: string[]): string[] => names.flatMap((name) => ["--network-alias", name]);
  start("db", image("postgres"), [...alias("postgresql"), "--env", "POSTGRES_PASSWORD=superuser"]);
  await eventually(() => inside("db", "pg_isready", "--host", "127.0.0.1"), 60);
  sql("postgres", "CREATE DATABASE n8n");
  sql("postgres", `CREATE ROLE assets LOGIN PASSWORD '${VALUES["assetsDatabasePassword"]?.replaceAll("'", "''")}'`);
  sql("postgres", "CREATE DATABASE assets OWNER assets");
  const ends = alias("studio", "cut", "kaneo-api", "litellm");
  start("ends", image("n8n"), [...ends, "--entrypoint", "node"], "-e", FAR_ENDS);
  const variables = {
    ...n8n.environment?.(context),
    DB_POSTGRESDB_USER: "postgres",
    DB_POSTGRESDB_PASSWORD: "superuser",
    N8N_ENCRYPTION_KEY: "canary-of-encryption",
  };
  const options = Object.entries(variables).flatMap(([name, value]) => ["--env", `${name}=${value}`]);
  start("n8n", image("n8n"), [...hardened, ...options]);
  await eventually(() => inside("n8n", ...n8n.health.test), 240);
  address = docker("inspect", "--format", "{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}", `${run}-n8n`);
  ssh = await SshServer.start();
  for (const [, credential] of CREDENTIALS) await makeCredential(credential.name);
  for (const { name } of workflowsIn(FOLDER)) await publish(name);
}, 30 * minute);

afterAll(() => ssh.stop());

const FOLDER = path.join(projectRoot, "platforms/vpai/services/n8n/workflows");

/** What every resource in this n8n has in common. */
const place = () => ({
  connection: ssh.connection,
  container: `${run}-n8n`,
  port: 5678,
  server: { container: `${run}-db`, superuser: "postgres", password: "superuser" },
  database: "n8n",
});

async function makeCredential(name: string, values = VALUES): Promise<void> {
  const [, wanted] = CREDENTIALS.find(([, one]) => one.name === name)!;
  const data = wanted.data(values[wanted.secret.name] ?? "", context);
  const inputs = { ...place(), credential: name, credentialType: wanted.type, data };
  credentials[name] = await n8nCredentialKind.ensure(inputs, credentials[name]);
}

async function publish(name: string): Promise<void> {
  const exported = workflowsIn(FOLDER).find((one) => one.name === name)?.exported as Exported;
  const ids = Object.fromEntries(Object.entries(credentials).map(([key, { credentialId }]) => [key, credentialId]));
  const { active, ...definition } = exported;
  const inputs = {
    ...place(),
    workflow: name,
    definition: withCredentials(definition, ids),
    published: active ? ("current" as const) : ("none" as const),
    edited: "overwrite" as const,
  };
  workflows[name] = await n8nWorkflowKind.ensure(inputs, workflows[name]);
}

interface Answer {
  status: number;
  body: Record<string, unknown>;
}

async function call(hook: string, body: object, token = VALUES["n8nWebhookToken"] ?? ""): Promise<Answer> {
  const url = `http://${address}:5678/webhook/${hook}`;
  const { status, text } = await send("POST", url, { "x-webhook-token": token }, body);
  return { status, body: text.startsWith("{") ? (JSON.parse(text) as Answer["body"]) : { text } };
}

/** What a fake was asked, in order. */
interface Asked {
  who: string;
  method: string;
  path: string;
  authorization?: string;
  /** Token that Telegram vouches by. */
  telegram?: string;
  body?: Record<string, unknown>;
}

/** @param word that stands in the request or its answer, so that it is one of this test's */
const asked = (word: string): Asked[] =>
  docker("logs", `${run}-ends`)
    .split("\n")
    .filter((line) => line.includes(word))
    .map((line) => JSON.parse(line) as Asked);

/** How the executions of a workflow ended, the newest first. */
const ends = (name: string): string[] =>
  sql(
    "n8n",
    `SELECT status FROM execution_entity WHERE "workflowId" = '${workflows[name]?.workflowId}' ORDER BY id DESC`,
  ).split("\n");

describe("credentials", () => {
  test("are encrypted by n8n, and told by nobody", () => {
    const kept = sql("n8n", "SELECT name, type, data FROM credentials_entity ORDER BY name").split("\n");
    expect(kept.map((line) => line.split("|").slice(0, 2))).toEqual([
      ["Assets", "postgres"],
      ["Kaneo", "httpHeaderAuth"],
      ["LiteLLM", "openAiApi"],
      ["Remotion", "httpHeaderAuth"],
      ["Webhooks", "httpHeaderAuth"],
      ["Workstation", "httpHeaderAuth"],
    ]);
    for (const value of Object.values(VALUES)) {
      expect(kept.join()).not.toContain(value);
      expect(docker("logs", `${run}-n8n`)).not.toContain(value);
    }
    expect(sql("n8n", "SELECT count(*) FROM user_api_keys")).toBe("0");
  });

  test("are right from then on, and nothing is done", async () => {
    const stamp = (): string => sql("n8n", 'SELECT max("updatedAt") FROM credentials_entity');
    const before = stamp();
    for (const [, { name }] of CREDENTIALS) {
      expect(await n8nCredentialKind.observe(credentials[name]!)).toEqual(credentials[name]);
      await makeCredential(name);
    }
    expect(stamp()).toBe(before);
  });
});

describe("seed", () => {
  const kinds = (): string => sql("assets", "SELECT string_agg(name, ' ' ORDER BY name) FROM asset_kinds");

  test("makes the tables and fills them as soon as it is published", async () => {
    await eventually(() => expect(kinds()).toBe("audio image text video"), 60);
    expect(ends("seed")[0]).toBe("success");
  });

  test(
    "does so again when n8n starts, and keeps what is there",
    async () => {
      sql("assets", "DELETE FROM asset_kinds WHERE name = 'audio'");
      docker("restart", `${run}-n8n`);
      await eventually(() => expect(kinds()).toBe("audio image text video"), 240);
      await eventually(async () => expect((await call("asset-register", {})).status).toBe(400), 120);
    },
    8 * minute,
  );
});

describe("creative-pipeline", () => {
  test(
    "turns a brief into an image and a video, both registered with where they come from, and with a task",
    async () => {
      const { status, body } = await call("creative-pipeline", { title: "Lighthouse", brief: "a lighthouse at dawn" });
      expect([status, body]).toEqual([
        201,
        { image: expect.anything() as unknown, video: expect.anything() as unknown },
      ]);
      const rows = sql(
        "assets",
        "SELECT kind, source, title, prompt, url, task, made_from IS NOT NULL FROM assets ORDER BY id",
      ).split("\n");
      expect(rows).toEqual([
        "image|comfyui|Lighthouse|prompt of: a lighthouse at dawn|http://studio:8188/view?filename=image-1.png&subfolder=&type=output|task-1|f",
        "video|remotion|Lighthouse|prompt of: a lighthouse at dawn|http://cut:3200/output/1.mp4|task-2|t",
      ]);
      expect(
        sql("assets", "SELECT v.made_from = i.id FROM assets v, assets i WHERE v.kind = 'video' AND i.kind = 'image'"),
      ).toBe("t");
      expect([ends("creative-pipeline")[0], ends("asset-register").slice(0, 2)]).toEqual([
        "success",
        ["success", "success"],
      ]);
    },
    3 * minute,
  );

  test("logs in at each far end with its own credential, and asks what its interface wants", () => {
    const of = (who: string): Asked[] => asked("ighthouse").filter((one) => one.who === who);
    expect(of("LiteLLM")).toMatchObject([
      {
        path: "/v1/chat/completions",
        authorization: "Bearer sk-canary-of-the-llm-key",
        body: { model: "deepseek-v3" },
      },
    ]);
    expect(of("ComfyUI")).toMatchObject([{ method: "POST", path: "/prompt" }]);
    expect(of("Remotion")).toMatchObject([
      {
        path: "/render",
        authorization: "Bearer canary-of-remotion",
        body: { inputProps: { image: "http://studio:8188/view?filename=image-1.png&subfolder=&type=output" } },
      },
    ]);
    expect(of("Kaneo")).toMatchObject(
      ["image", "video"].map((kind) => ({
        method: "POST",
        path: "/api/task/p1",
        authorization: "Bearer canary-of-kaneo",
        body: { title: `Look at the ${kind} Lighthouse`, status: "to-do" },
      })),
    );
  });

  test.each([
    ["LiteLLM refuses", { title: "A", brief: "refuse:LiteLLM" }, /^LiteLLM: prompt: Service unavailable/],
    ["ComfyUI refuses", { title: "B", brief: "refuse:ComfyUI" }, /^ComfyUI: draw: .*503/],
    ["ComfyUI cannot draw it", { title: "C", brief: "break:ComfyUI" }, /^ComfyUI: result: no result/],
    ["Remotion refuses", { title: "refuse:Remotion", brief: "d" }, /^Remotion: render: .*503/],
    ["Remotion cannot render it", { title: "break:Remotion", brief: "e" }, /^Remotion: result: no result/],
    ["Kaneo takes no task", { title: "refuse:Kaneo", brief: "f" }, /^Asset register: image: .*Kaneo: task: .*503/s],
  ])(
    "when %s, the execution has failed, and the answer says so",
    async (_what, body, failure) => {
      const answer = await call("creative-pipeline", body);
      expect(answer).toEqual({ status: 502, body: { error: expect.stringMatching(failure) as unknown } });
      await eventually(() => expect(ends("creative-pipeline")[0]).toBe("error"), 20);
    },
    3 * minute,
  );

  test("what lacks a title or a brief is told what is expected", async () => {
    expect(await call("creative-pipeline", { title: "only" })).toEqual({
      status: 400,
      body: { error: "expected title and brief, found title" },
    });
  });
});

describe("asset-register", () => {
  const ASSET = { kind: "text", title: "Note", url: "https://example.org/note", source: "hand" };

  test("registers a thing once, with one task, however often it is told", async () => {
    const first = await call("asset-register", ASSET);
    const second = await call("asset-register", { ...ASSET, title: "Note, again" });
    expect([first.status, second.status, second.body["id"]]).toEqual([201, 201, first.body["id"]]);
    expect(sql("assets", "SELECT title, task IS NOT NULL FROM assets WHERE kind = 'text'")).toBe("Note, again|t");
    expect(asked("/note").filter(({ who }) => who === "Kaneo")).toHaveLength(1);
  });

  test("a kind that nobody knows is refused by the database, and the answer says so", async () => {
    const answer = await call("asset-register", { ...ASSET, kind: "smell", url: "https://example.org/smell" });
    expect(answer).toMatchObject({
      status: 502,
      body: { error: expect.stringMatching(/^PostgreSQL: register: /) as unknown },
    });
    await eventually(() => expect(ends("asset-register")[0]).toBe("error"), 20);
  });

  test.each(["asset-register", "creative-pipeline"])("%s answers nobody without the token", async (hook) => {
    const before = ends(hook).length;
    expect((await call(hook, ASSET, "wrong")).status).toBe(403);
    expect(ends(hook)).toHaveLength(before);
  });
});

describe("budget", () => {
  /** What Telegram posts of a message to the bot (Bot API, Update), shortened. */
  const update = (text: string, id = 4711): object => ({
    update_id: 1,
    message: { message_id: 1, date: 1, chat: { id, type: "private" }, from: { id, is_bot: false }, text },
  });

  const tell = (body: object, token?: string) =>
    send(
      "POST",
      `http://${address}:5678/webhook/telegram`,
      token === undefined ? {} : { "x-telegram-bot-api-secret-token": token },
      body,
    );

  test("hands a message on with Telegram's token and the chat, and answers by having Telegram send it", async () => {
    const { status, text } = await tell(update("/budget eco on"), "canary-of-telegram");
    expect([status, JSON.parse(text)]).toEqual([
      200,
      { method: "sendMessage", chat_id: 4711, text: "prompt of: /budget eco on" },
    ]);
    expect(asked("/budget eco on")).toEqual([
      {
        who: "LiteLLM",
        method: "POST",
        path: "/v1/chat/completions",
        authorization: "Bearer sk-canary-of-the-llm-key",
        telegram: "canary-of-telegram",
        body: { model: "budget", user: "4711", messages: [{ role: "user", content: "/budget eco on" }] },
      },
    ]);
  });

  test.each([
    ["a wrong token", "/budget wrong", "another", "another"],
    ["none", "/budget none", undefined, ""],
  ])("says nothing to who comes with %s, and the execution has failed", async (_what, text, token, handedOn) => {
    const before = ends("budget").filter((status) => status === "error").length;
    const answer = await tell(update(text), token);
    expect([answer.status, JSON.parse(answer.text)]).toEqual([200, {}]);
    // It is for LiteLLM to say who may ask: n8n has no token of Telegram's.
    expect(asked(text).map(({ telegram = "" }) => telegram)).toEqual([handedOn]);
    await eventually(() => expect(ends("budget").filter((status) => status === "error")).toHaveLength(before + 1), 20);
  });
});

test("a key that is given anew is what the next execution logs in with", async () => {
  const id = credentials["LiteLLM"]?.credentialId;
  await makeCredential("LiteLLM", { ...VALUES, n8nLlmKey: "canary-of-tomorrow" });
  expect(credentials["LiteLLM"]?.credentialId).toBe(id);
  await call("creative-pipeline", { title: "G", brief: "refuse:LiteLLM tomorrow" });
  expect(asked("tomorrow")).toMatchObject([{ who: "LiteLLM", authorization: "Bearer sk-canary-of-tomorrow" }]);
});

test("a credential that was deleted is seen, made again, and used by the workflows under its new id", async () => {
  sql("n8n", "DELETE FROM credentials_entity WHERE name = 'LiteLLM'");
  expect(await n8nCredentialKind.observe(credentials["LiteLLM"]!)).toBeUndefined();
  await makeCredential("LiteLLM");
  await publish("creative-pipeline");
  await call("creative-pipeline", { title: "H", brief: "refuse:LiteLLM once more" });
  expect(asked("once more")).toMatchObject([{ authorization: "Bearer sk-canary-of-the-llm-key" }]);
});

test("the folder's files are those that are published, and what they name is there", () => {
  const names = ["asset-register", "budget", "creative-pipeline", "ping", "seed"];
  expect(workflowsIn(FOLDER).map(({ name }) => name)).toEqual(names);
  const published = sql("n8n", `SELECT count(*) FROM workflow_entity WHERE "activeVersionId" IS NOT NULL`);
  expect(published).toBe("5");
});
