import { appendFileSync, readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { flagOf } from "../terminal/flag";
import { hasErrors } from "./diagnostics";
import { putComment } from "./github";
import { parsePreview } from "./preview";
import { markerOf, type RenderOptions, renderPreview } from "./render";
import { type PreviewRun, runPreview } from "./run-preview";
import { secretsOfEnvironment } from "./secrets/values";
import { type PullRequestRun, pullRequestRun, requireSecrets, runUrlOf } from "./workflow";

type Environment = NodeJS.ProcessEnv;

const HELP = `Prints the Markdown of a preview. Usage: preview-comment [options]
Each option can also be given to make by its variable: make preview-comment STACK=prod FROM=preview.json
  --stack NAME         stack (STACK); default: lab
  --from FILE          (FROM) read the output of \`pulumi preview --json\` from a file, \`-\` for standard input,
                       instead of running it
  --config-file FILE   (CONFIG_FILE) stack file to use in place of Pulumi.<stack>.yaml
  --post               (POST=1) in a GitHub workflow run: keep the pull request's comment up to date`;

/**
 * The command: prints the Markdown, and posts it if asked to.
 *
 * @returns the exit code: that of the preview, so not 0 when it failed, also when its comment was posted
 */
export async function previewComment(args: readonly string[], env: Environment): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      stack: { type: "string", default: env["STACK"] || "lab" },
      from: { type: "string" },
      "config-file": { type: "string" },
      post: { type: "boolean", default: flagOf("POST", env) },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) {
    console.log(HELP);
    return 0;
  }
  const from = values.from ?? (env["FROM"] || undefined);
  const configFile = values["config-file"] ?? (env["CONFIG_FILE"] || undefined);
  const take = (): Promise<PreviewRun> =>
    from === undefined ? runPreview(values.stack, configFile) : readPreview(from, env);
  return values.post ? post(values.stack, pullRequestRun(env), take, env) : print(values.stack, await take(), env);
}

async function readPreview(file: string, env: Environment): Promise<PreviewRun> {
  const preview = parsePreview(readFileSync(file === "-" ? 0 : file, "utf8"));
  return { preview, exitCode: hasErrors(preview) ? 1 : 0, secretValues: secretsOfEnvironment(env) };
}

/** Prints all of it: the terminal, or the run's log that the cut comment links to, has no limit. */
function print(stack: string, run: PreviewRun, env: Environment): number {
  console.log(renderPreview(run.preview, { ...renderOptions(stack, run, env), limit: Infinity }));
  return run.exitCode;
}

async function post(
  stack: string,
  pullRequest: PullRequestRun,
  take: () => Promise<PreviewRun>,
  env: Environment,
): Promise<number> {
  if (pullRequest.withoutSecrets !== undefined) {
    summarize(
      `No preview of \`${stack}\`: ${pullRequest.withoutSecrets}, so this run has no secrets. A maintainer can run \`make preview-comment STACK=${stack}\`.`,
      env,
    );
    return 0;
  }
  requireSecrets(env, stack);
  const run = await take();
  const exitCode = print(stack, run, env);
  const body = renderPreview(run.preview, renderOptions(stack, run, env));
  const done = await putComment(pullRequest.target, markerOf(stack), body);
  console.error(`${done} the comment on pull request ${pullRequest.target.pullRequest}`);
  return exitCode;
}

function renderOptions(stack: string, { exitCode, secretValues }: PreviewRun, env: Environment): RenderOptions {
  const runUrl = runUrlOf(env);
  return { stack, secretValues, failed: exitCode !== 0, ...(runUrl === undefined ? {} : { runUrl }) };
}

/** Says something on the run's summary page, and in its log. */
function summarize(message: string, env: Environment): void {
  console.log(message);
  const page = env["GITHUB_STEP_SUMMARY"];
  if (page) appendFileSync(page, `${message}\n`);
}
