import { readFileSync } from "node:fs";
import path from "node:path";
import { parse } from "yaml";
import { projectRoot } from "../../../../toolchain/environment";

const text = (name: string): string => readFileSync(path.join(projectRoot, ".github/workflows", name), "utf8");

interface Step {
  uses?: string;
  run?: string;
  env?: Record<string, string>;
  with?: Record<string, unknown>;
}
interface Job {
  steps: Step[];
  concurrency?: unknown;
  "timeout-minutes"?: number;
  strategy?: { "fail-fast": boolean; matrix: { include: { stack: string; passphrase: string }[] } };
}
interface Workflow {
  on: Record<string, unknown>;
  permissions: Record<string, string>;
  concurrency?: unknown;
  jobs: Record<string, Job>;
}
const workflow = (name: string): Workflow => parse(text(name)) as Workflow;
const job = (name: string, of: string): Job => {
  const found = workflow(name).jobs[of];
  if (found === undefined) throw new Error(`expected a job ${of} in ${name}`);
  return found;
};

describe.each(["preview.yml", "ci.yml", "nightly.yml", "image-caddy.yml"])("%s", (name) => {
  const jobs = Object.values(workflow(name).jobs);

  it("pins every action by commit, with its version beside it", () => {
    const uses = text(name)
      .split("\n")
      .filter((line) => line.includes("uses:"));
    expect(uses.length).toBeGreaterThanOrEqual(2);
    for (const line of uses) expect(line).toMatch(/uses: [\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
  });

  it("never runs a stranger's code with the repository's rights", () => {
    expect(text(name)).not.toContain("pull_request_target");
    expect(text(name)).not.toContain("workflow_run");
  });

  it("leaves no token in the checkout", () => {
    const [checkout] = jobs.flatMap(({ steps }) => steps).filter(({ uses }) => uses?.startsWith("actions/checkout@"));
    expect(checkout?.with?.["persist-credentials"]).toBe(false);
  });

  it("puts nothing of the event into a command line", () => {
    for (const { run } of jobs.flatMap(({ steps }) => steps)) expect(run ?? "").not.toContain("${{");
  });

  it("ends a job that hangs", () => {
    for (const { "timeout-minutes": minutes } of jobs) expect(minutes).toBeLessThanOrEqual(120);
  });
});

describe("preview.yml", () => {
  const preview = job("preview.yml", "preview");

  it("runs on pull requests alone, for prod and preprod, each on its own", () => {
    expect(Object.keys(workflow("preview.yml").on)).toEqual(["pull_request"]);
    expect(preview.strategy?.matrix.include.map(({ stack }) => stack)).toEqual(["prod", "preprod"]);
    expect(preview.strategy?.["fail-fast"]).toBe(false);
  });

  it("may read the code and write comments, nothing else", () => {
    expect(workflow("preview.yml").permissions).toEqual({ contents: "read", "pull-requests": "write" });
    expect(text("preview.yml").match(/permissions:/g)).toHaveLength(1);
  });

  it("has one run per stack at a time across pull requests, and ends none that runs", () => {
    expect(preview.concurrency).toEqual({ group: "pulumi-${{ matrix.stack }}", "cancel-in-progress": false });
    expect(workflow("preview.yml").concurrency).toBeUndefined();
  });

  it("gives secrets to the one step that previews, as environment", () => {
    const withSecrets = preview.steps.filter((step) => /secrets[.[]|github\.token/.test(JSON.stringify(step)));
    expect(withSecrets.map(({ run }) => run)).toEqual(["make preview-comment POST=1"]);
    expect(Object.keys(withSecrets[0]?.env ?? {})).toEqual([
      "STACK",
      "GITHUB_TOKEN",
      "PULUMI_BACKEND_URL",
      "PULUMI_CONFIG_PASSPHRASE",
      "PULUMI_ACCESS_TOKEN",
      "AWS_ACCESS_KEY_ID",
      "AWS_SECRET_ACCESS_KEY",
    ]);
    const elsewhere = text("preview.yml").replace(/\n {8}env:\n(?: {10}.*\n)+/, "\n");
    expect(elsewhere).not.toMatch(/secrets[.[]/);
  });

  it("has a passphrase of its own for each stack", () => {
    expect(preview.strategy?.matrix.include.map(({ passphrase }) => passphrase)).toEqual([
      "PULUMI_CONFIG_PASSPHRASE_PROD",
      "PULUMI_CONFIG_PASSPHRASE_PREPROD",
    ]);
  });

  it("leaves forks to the command, which tells the reader: no step is skipped", () => {
    expect(text("preview.yml")).not.toMatch(/^\s*(- )?if:/m);
  });

  it("installs the engine in the version of the SDK", () => {
    const { dependencies } = JSON.parse(readFileSync(path.join(projectRoot, "package.json"), "utf8")) as {
      dependencies: Record<string, string>;
    };
    const [engine] = preview.steps.filter(({ uses }) => uses?.startsWith("pulumi/actions@"));
    expect(engine?.with).toEqual({ "pulumi-version": dependencies["@pulumi/pulumi"] });
  });
});

describe("ci.yml", () => {
  it("runs make test with the right to read the code", () => {
    expect(workflow("ci.yml").permissions).toEqual({ contents: "read" });
    expect(job("ci.yml", "test").steps.at(-1)?.run).toMatch(/ make test$/);
    expect(text("ci.yml")).not.toContain("secrets");
  });
});
