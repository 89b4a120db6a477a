import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import path from "node:path";
import { collect, type SourceSettings } from "../../../../programs/notes/collector.ts";
import { HASTE, readAsPlugin, testVault, type TestVault } from "../../../couchdb/vault";

let vault: TestVault;

beforeEach(async () => {
  vault = await testVault();
});
afterEach(() => vault.end());

async function run(source: SourceSettings): Promise<string[]> {
  const lines: string[] = [];
  const couchdb = vault.settings;
  await collect({ collector: "c", couchdb, sources: [source], patience: HASTE }, (line) => lines.push(line));
  return lines;
}

const text = (id: string): string | undefined => readAsPlugin(vault.couchdb, id)?.toString();

function write(name: string, content: string): void {
  const file = path.join(vault.folder, "openclaw", name);
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, content);
}

// A transcript as OpenClaw 2026.2.22 writes it.
const TRANSCRIPT = [
  {
    type: "session",
    version: 3,
    id: "s1",
    timestamp: "2026-02-22T09:00:00.000Z",
    cwd: "/home/node/.openclaw/workspace",
  },
  {
    type: "model_change",
    id: "1",
    parentId: null,
    timestamp: "2026-02-22T09:00:00.100Z",
    provider: "litellm",
    modelId: "x",
  },
  {
    type: "message",
    id: "2",
    parentId: "1",
    timestamp: "2026-02-22T09:00:01.000Z",
    message: { role: "user", content: [{ type: "text", text: "What is in `ls`?" }], timestamp: 1771750801000 },
  },
  {
    type: "message",
    id: "3",
    parentId: "2",
    timestamp: "2026-02-22T09:00:02.000Z",
    message: {
      role: "assistant",
      content: [
        { type: "thinking", thinking: "private thought" },
        { type: "text", text: "Let me look." },
        { type: "toolCall", id: "t", name: "exec", arguments: { command: "ls" } },
      ],
    },
  },
  {
    type: "message",
    id: "4",
    parentId: "3",
    timestamp: "2026-02-22T09:00:03.000Z",
    message: { role: "toolResult", toolName: "exec", content: [{ type: "text", text: "API_KEY=secret" }] },
  },
  {
    type: "message",
    id: "5",
    parentId: "4",
    timestamp: "2026-02-22T09:00:04.000Z",
    message: { role: "assistant", content: "A key." },
  },
]
  .map((line) => JSON.stringify(line))
  .join("\n");

const openclaw = (): SourceSettings => ({
  kind: "openclaw",
  name: "openclaw",
  folder: path.join(vault.folder, "openclaw"),
  into: ["OpenClaw"],
});

describe("OpenClaw", () => {
  beforeEach(() => {
    write("openclaw.json", '{"secret":"never"}');
    write("workspace/SOUL.md", "I am main");
    write("workspace/memory/2026-02-22.md", "remembered");
    write("workspace/.hidden/x.md", "hidden");
    write("workspace-ops/AGENTS.md", "I am ops");
    write("workspace-ops/skills/deploy/SKILL.md", "how to deploy");
    write("skills/search/SKILL.md", "how to search");
    write("credentials/notes.md", "never");
    write("agents/main/sessions/sessions.json", "{}");
    write("agents/main/sessions/s1.jsonl", `${TRANSCRIPT}\n{"type":"mess`);
  });

  test("agents, skills and sessions are notes, and nothing else of its folder", async () => {
    await run(openclaw());
    expect(vault.couchdb.ids().filter((id) => !id.startsWith("h:"))).toEqual([
      "openclaw/agents/main/memory/2026-02-22.md",
      "openclaw/agents/main/soul.md",
      "openclaw/agents/ops/agents.md",
      "openclaw/agents/ops/skills/deploy/skill.md",
      "openclaw/sessions/main/s1.md",
      "openclaw/skills/search/skill.md",
    ]);
    expect(text("openclaw/agents/main/soul.md")).toBe("I am main");
  });

  test("a session's note has what was said and which tools were called, not what they answered", async () => {
    await run(openclaw());
    expect(text("openclaw/sessions/main/s1.md")).toBe(`---
agent: "main"
session: "s1"
started: "2026-02-22T09:00:00Z"
turns: 3
---

# main, s1

## user · 2026-02-22T09:00:01Z

What is in \`ls\`?

## assistant · 2026-02-22T09:00:02Z

Let me look.

*called: exec*

## assistant · 2026-02-22T09:00:04Z

A key.
`);
  });

  test("a session that OpenClaw drops stays in the vault; an agent's file that it drops goes", async () => {
    await run(openclaw());
    rmSync(path.join(vault.folder, "openclaw/agents/main/sessions/s1.jsonl"));
    rmSync(path.join(vault.folder, "openclaw/workspace/SOUL.md"));
    expect(await run(openclaw())).toContain("removed: OpenClaw/agents/main/SOUL.md");
    expect(text("openclaw/sessions/main/s1.md")).toContain("A key.");
    expect(text("openclaw/agents/main/soul.md")).toBeUndefined();
  });

  test("a folder that is not there is told", async () => {
    rmSync(path.join(vault.folder, "openclaw"), { recursive: true });
    await expect(run(openclaw())).rejects.toThrow(/^c: openclaw agents: .*ENOENT/);
  });
});

describe("n8n", () => {
  let server: Server;
  let refuse = 0;
  let workflows: object[] = [];
  const keys = new Set<unknown>();

  const workflow = (id: string, name: string, more: object = {}): object => ({
    id,
    name,
    active: true,
    isArchived: false,
    createdAt: "2026-01-01T00:00:00.000Z",
    updatedAt: "2026-02-01T00:00:00.000Z",
    nodes: [{ name: "Web|hook", type: "n8n-nodes-base.webhook", parameters: { path: "x" }, notes: "first\nstep" }],
    connections: {},
    settings: { executionOrder: "v1" },
    staticData: { token: "never" },
    pinData: { Webhook: [{ json: { token: "never" } }] },
    tags: [{ id: "1", name: "ops" }],
    ...more,
  });

  beforeEach(async () => {
    [refuse, workflows] = [0, []];
    // n8n's public API gives a page and a cursor to the next one.
    server = createServer((request, response) => {
      keys.add(request.headers["x-n8n-api-key"]);
      const cursor = Number(new URL(request.url ?? "", "http://n8n").searchParams.get("cursor") ?? 0);
      const busy = refuse-- > 0;
      response.writeHead(busy ? 503 : 200);
      const next = cursor + 1 < workflows.length ? String(cursor + 1) : null;
      response.end(
        busy ? "not ready" : JSON.stringify({ data: workflows.slice(cursor, cursor + 1), nextCursor: next }),
      );
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    writeFileSync(path.join(vault.folder, "key"), "n8n-key\n");
  });
  afterEach(() => new Promise((resolve) => server.close(resolve)));

  const n8n = (): SourceSettings => ({
    kind: "n8n",
    name: "n8n",
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    keyFile: path.join(vault.folder, "key"),
    into: ["n8n"],
  });

  test("workflows of all pages are notes that n8n can import from, without data of runs", async () => {
    refuse = 1;
    workflows = [workflow("a1", "Ping: [test]"), workflow("b2", "budget"), workflow("c3", "old", { isArchived: true })];
    await run(n8n());
    expect(vault.couchdb.ids().filter((id) => !id.startsWith("h:"))).toEqual(["n8n/budget.md", "n8n/ping- -test-.md"]);
    const note = text("n8n/ping- -test-.md") ?? "";
    expect(note).toContain('---\nn8n: "a1"\nactive: true\nupdated: "2026-02-01T00:00:00.000Z"\ntags: ["ops"]\n---\n');
    expect(note).toContain("| Web\\|hook | n8n-nodes-base.webhook | first step |");
    expect(note).not.toContain("never");
    const json = JSON.parse(/```json\n([\s\S]*)\n```/.exec(note)?.[1] ?? "") as object;
    expect(json).toMatchObject({ name: "Ping: [test]", connections: {}, settings: { executionOrder: "v1" } });
    expect([...keys]).toEqual(["n8n-key"]);
  });

  test("a workflow that got another name is one note, under that name", async () => {
    workflows = [workflow("a1", "One"), workflow("b2", "Two")];
    await run(n8n());
    workflows = [workflow("a1", "Uno", { updatedAt: "2026-03-01T00:00:00.000Z" }), workflow("b2", "Two")];
    expect(await run(n8n())).toEqual([
      "written: n8n/Uno.md",
      "removed: n8n/One.md",
      "c: 1 written, 1 unchanged, 0 left alone, 1 removed",
    ]);
  });

  test("workflows of the same name are told apart by their ids", async () => {
    workflows = [workflow("a1", "Same"), workflow("b2", "same")];
    await run(n8n());
    expect(vault.couchdb.ids().filter((id) => !id.startsWith("h:"))).toEqual(["n8n/same (a1).md", "n8n/same (b2).md"]);
  });

  test("an n8n that has lost all workflows takes no note with it", async () => {
    workflows = [workflow("a1", "One")];
    await run(n8n());
    workflows = [];
    await expect(run(n8n())).rejects.toThrow(
      "c: n8n: expected something to make notes of, found nothing; its 1 notes stay",
    );
  });

  test("an n8n that stays away fails the run", async () => {
    refuse = 100;
    await expect(run(n8n())).rejects.toThrow("expected workflows, found 503 not ready");
  });
});
