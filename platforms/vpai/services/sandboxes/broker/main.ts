import { readFileSync, rmSync, chmodSync } from "node:fs";
import { type Engine, engineAt } from "./engine.ts";
import { objectIn, textIn } from "./engine-answer.ts";
import { Sandboxes } from "./sandboxes.ts";
import { brokerServer } from "./server.ts";
import { settingsFrom } from "./settings.ts";

/** Milliseconds between two looks at whose time is over. */
const LOOK = 2_000;

/** The id of this very container, from the files that the engine mounts into it. @throws outside of one */
function ownContainer(): string {
  const id = /\/containers\/([0-9a-f]{64})\//.exec(readFileSync("/proc/self/mountinfo", "utf8"))?.[1];
  if (id === undefined) throw new Error("expected to run in a container of the engine, found no trace of one");
  return id;
}

/** Sandboxes run from the broker's own image: it is there already, and pinned. */
async function ownImage(engine: Engine): Promise<string> {
  const answer = await engine.ask("GET", `/containers/${ownContainer()}/json`);
  const { status, body } = answer;
  if (status !== 200) throw new Error(`expected the engine to know this container, found ${status}: ${body}`);
  const what = "the engine's description of this container";
  return textIn(objectIn(answer, what), "Image", what);
}

async function apiOf(engine: Engine): Promise<string> {
  const what = "the engine's version";
  return textIn(objectIn(await engine.ask("GET", "/version"), what), "ApiVersion", what);
}

async function main(): Promise<void> {
  const settings = settingsFrom(process.env);
  const engine = engineAt(settings.engine);
  const sandboxes = new Sandboxes(settings, engine, await ownImage(engine));
  await sandboxes.sweep();
  const server = brokerServer({ settings, sandboxes, engine, api: await apiOf(engine) });
  rmSync(settings.listen, { force: true });
  server.listen(settings.listen, () => {
    // Whoever sees the folder may connect; the platform mounts it for one client.
    chmodSync(settings.listen, 0o666);
    console.log(`listens on ${settings.listen} for at most ${settings.count} sandboxes on ${settings.network}`);
  });
  setInterval(() => void sandboxes.tick().catch((error: unknown) => console.error("tick:", error)), LOOK);
  const end = (): void => {
    server.close();
    void sandboxes.clear().finally(() => process.exit(0));
  };
  process.once("SIGTERM", end);
  process.once("SIGINT", end);
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
});
