import { appendFileSync, readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { hasErrors } from "./preview-comment/diagnostics";
import { putComment } from "./preview-comment/github";
import { parsePreview } from "./preview-comment/preview";
import { markerOf, type RenderOptions, renderPreview } from "./preview-comment/render";
import { type PreviewRun, runPreview } from "./preview-comment/run-preview";
import { secretsOfEnvironment } from "./preview-comment/secret-values";
import { type PullRequestRun, pullRequestRun, requireSecrets, runUrlOf } from "./preview-comment/workflow";
import { chosenStack, main } from "./pulumi";

const HELP = `Prints the Markdown of a preview. Usage: preview-comment [options]
Each option can also be given to make by its variable: make preview-comment STACK=prod FROM=preview.json
  --stack NAME         stack (STACK); default: lab
  --from FILE          (FROM) read the output of \`pulumi preview --json\` from a file, \`-\` for standard input, instead of running it
  --config-file FILE   (CONFIG_FILE) stack file to use in place of Pulumi.<stack>.yaml
  --post               (POST=1) in a GitHub workflow run: keep the pull request's comment up to date`;

/** `make preview-comment`: the exit code is not 0 when the preview failed. */
main(async () => {
  const { values } = parseArgs({
    options: {
      stack: { type: "string" },
      from: { type: "string" },
      "config-file": { type: "string" },
      post: { type: "boolean", default: process.env["POST"] === "1" },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) {
    console.log(HELP);
    return 0;
  }
  const stack = values.stack ?? chosenStack();
  const take = (): Promise<PreviewRun> =>
    previewOf(stack, values.from ?? given("FROM"), values["config-file"] ?? given("CONFIG_FILE"));
  return values.post ? post(stack, pullRequestRun(process.env), take) : print(stack, await take());
});

/** A variable of `make`; an empty one counts as absent. */
const given = (name: string): string | undefined => process.env[name] || undefined;

async function previewOf(stack: string, from: string | undefined, configFile: string | undefined): Promise<PreviewRun> {
  if (from === undefined) return runPreview(stack, configFile);
  const preview = parsePreview(readFileSync(from === "-" ? 0 : from, "utf8"));
  return { preview, exitCode: hasErrors(preview) ? 1 : 0, secretValues: secretsOfEnvironment(process.env) };
}

/** Prints all of it: the terminal, or the run's log that the cut comment links to, has no limit. */
function print(stack: string, run: PreviewRun): number {
  console.log(renderPreview(run.preview, { ...renderOptions(stack, run), limit: Infinity }));
  return run.exitCode;
}

async function post(stack: string, pullRequest: PullRequestRun, take: () => Promise<PreviewRun>): Promise<number> {
  if (pullRequest.withoutSecrets !== undefined) {
    summarize(
      `No preview of \`${stack}\`: ${pullRequest.withoutSecrets}, so this run has no secrets. A maintainer can run \`make preview-comment STACK=${stack}\`.`,
    );
    return 0;
  }
  requireSecrets(process.env, stack);
  const run = await take();
  const exitCode = print(stack, run);
  const done = await putComment(
    pullRequest.target,
    markerOf(stack),
    renderPreview(run.preview, renderOptions(stack, run)),
  );
  console.error(`${done} the comment on pull request ${pullRequest.target.pullRequest}`);
  return exitCode;
}

function renderOptions(stack: string, { exitCode, secretValues }: PreviewRun): RenderOptions {
  const runUrl = runUrlOf(process.env);
  return { stack, secretValues, failed: exitCode !== 0, ...(runUrl === undefined ? {} : { runUrl }) };
}

/** Says something on the run's summary page, and in its log. */
function summarize(message: string): void {
  console.log(message);
  const page = process.env["GITHUB_STEP_SUMMARY"];
  if (page) appendFileSync(page, `${message}\n`);
}
