import { readFileSync } from "node:fs";
import { z } from "zod";
import type { CommentTarget } from "./github";

const eventSchema = z.looseObject({
  pull_request: z.looseObject({
    number: z.number(),
    head: z.looseObject({ repo: z.looseObject({ full_name: z.string() }).nullable() }),
    base: z.looseObject({ repo: z.looseObject({ full_name: z.string() }) }),
  }),
});

/** What a run of the workflow knows about its pull request. */
export interface PullRequestRun {
  target: CommentTarget;
  runUrl: string | undefined;
  /** Why the run has no secrets by design; undefined when it must have them. */
  withoutSecrets: string | undefined;
}

/**
 * Reads the variables that GitHub sets in a workflow run.
 *
 * @throws Error that names the variable which is missing, or when the run is not about a pull request
 */
export function pullRequestRun(env: NodeJS.ProcessEnv): PullRequestRun {
  const event = eventSchema.safeParse(JSON.parse(readFileSync(required(env, "GITHUB_EVENT_PATH"), "utf8")));
  if (!event.success) throw new Error("expected the event of a pull request in GITHUB_EVENT_PATH, found another event");
  const { number, head, base } = event.data.pull_request;
  return {
    target: {
      api: env["GITHUB_API_URL"] ?? "https://api.github.com",
      token: required(env, "GITHUB_TOKEN"),
      repository: required(env, "GITHUB_REPOSITORY"),
      pullRequest: number,
    },
    runUrl: runUrlOf(env),
    withoutSecrets: reasonWithoutSecrets(head.repo?.full_name, base.repo.full_name, env["GITHUB_ACTOR"]),
  };
}

/** Page of this workflow run, or undefined outside of one. */
export function runUrlOf(env: NodeJS.ProcessEnv): string | undefined {
  const { GITHUB_SERVER_URL: server, GITHUB_REPOSITORY: repository, GITHUB_RUN_ID: run } = env;
  return server && repository && run ? `${server}/${repository}/actions/runs/${run}` : undefined;
}

/** GitHub hands no secrets to runs for forks and for Dependabot. */
function reasonWithoutSecrets(head: string | undefined, base: string, actor: string | undefined): string | undefined {
  if (head !== base) return `the pull request comes from ${head === undefined ? "a deleted fork" : `the fork ${head}`}`;
  return actor === "dependabot[bot]" ? "the pull request was opened by Dependabot" : undefined;
}

/** @throws Error when a run that must have secrets has none */
export function requireSecrets(env: NodeJS.ProcessEnv, stack: string): void {
  const names = ["PULUMI_CONFIG_PASSPHRASE", "PULUMI_CONFIG_PASSPHRASE_FILE", "PULUMI_ACCESS_TOKEN"];
  if (names.some((name) => env[name])) return;
  throw new Error(
    `expected one of ${names.join(", ")} for stack ${stack}, found none; set the repository's secrets (docs/previews.md)`,
  );
}

function required(env: NodeJS.ProcessEnv, name: string): string {
  const value = env[name];
  if (value) return value;
  throw new Error(`expected ${name}, found nothing; --post works in a GitHub workflow run only`);
}
