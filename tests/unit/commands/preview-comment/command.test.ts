import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { previewComment } from "../../../../commands/preview-comment/command";
import { type GitHubServer, startGitHub } from "./github-server";
import { projectRoot } from "../../../../toolchain/environment";

const fixture = (name: string): string => path.join(__dirname, "fixtures", `${name}.json`);

let folder: string;
let github: GitHubServer;
beforeEach(async () => {
  folder = mkdtempSync(path.join(os.tmpdir(), "preview-comment-"));
  github = await startGitHub();
});
afterEach(async () => {
  rmSync(folder, { recursive: true });
  await github.close();
});

interface Ended {
  code: number;
  stdout: string;
}

/** Runs the command in this process, with only the given variables. */
async function command(args: readonly string[], env: Record<string, string> = {}): Promise<Ended> {
  const lines: string[] = [];
  const log = jest.spyOn(console, "log").mockImplementation((line: string) => void lines.push(line));
  const error = jest.spyOn(console, "error").mockImplementation(() => undefined);
  try {
    return { code: await previewComment(args, { STACK: "prod", ...env }), stdout: lines.join("\n") };
  } finally {
    log.mockRestore();
    error.mockRestore();
  }
}

/** The variables of a run for pull request 12 from the given repository. */
function workflow(head: string | null, more: Record<string, string> = {}): Record<string, string> {
  const event = path.join(folder, "event.json");
  const repository = (name: string | null) => (name === null ? null : { full_name: name });
  writeFileSync(
    event,
    JSON.stringify({
      pull_request: { number: 12, head: { repo: repository(head) }, base: { repo: repository("owner/name") } },
    }),
  );
  return {
    POST: "1",
    GITHUB_EVENT_PATH: event,
    GITHUB_API_URL: github.api,
    GITHUB_SERVER_URL: "https://github.test",
    GITHUB_REPOSITORY: "owner/name",
    GITHUB_RUN_ID: "77",
    GITHUB_TOKEN: "token-1",
    GITHUB_STEP_SUMMARY: path.join(folder, "summary.md"),
    ...more,
  };
}

it("prints the Markdown of a file", async () => {
  const { code, stdout } = await command(["--from", fixture("update")]);
  expect(code).toBe(0);
  expect(stdout).toContain("- **change** `postgresql` Container: `memory 1024 → 512`");
});

it("refuses a POST that may mean either", async () => {
  await expect(command([], { POST: "yes" })).rejects.toThrow('POST\n    expected: 1, or nothing\n    found:    "yes"');
});

it("posts the comment", async () => {
  const { code, stdout } = await command([], {
    ...workflow("owner/name"),
    FROM: fixture("update"),
    PULUMI_CONFIG_PASSPHRASE: "phrase",
  });
  expect(code).toBe(0);
  expect(github.comments.map(({ body }) => body)).toEqual([stdout]);
});

it("posts the error of a preview that failed, and fails", async () => {
  const { code } = await command([], {
    ...workflow("owner/name"),
    FROM: fixture("error"),
    PULUMI_CONFIG_PASSPHRASE: "phrase",
  });
  expect(code).toBe(1);
  expect(github.comments[0]?.body).toContain("caddy: expected a hostname");
});

it.each([["a-fork/name"], [null]])(
  "says on the summary page why there is no preview of a fork, and does not fail (%s)",
  async (head) => {
    const { code } = await command([], {
      ...workflow(head),
      FROM: fixture("update"),
      PULUMI_CONFIG_PASSPHRASE: "phrase",
    });
    expect(code).toBe(0);
    expect(readFileSync(path.join(folder, "summary.md"), "utf8")).toMatch(
      /^No preview of `prod`: the pull request comes from .*fork.*make preview-comment STACK=prod/,
    );
    expect(github.requests).toEqual([]);
  },
);

it("treats Dependabot, whose runs get no secrets, like a fork", async () => {
  const { code, stdout } = await command([], workflow("owner/name", { GITHUB_ACTOR: "dependabot[bot]" }));
  expect(code).toBe(0);
  expect(stdout).toContain("opened by Dependabot");
});

it("fails with what to set where secrets are missing and should not be", async () => {
  await expect(command([], { ...workflow("owner/name"), PULUMI_CONFIG_PASSPHRASE: "" })).rejects.toThrow(
    "expected one of PULUMI_CONFIG_PASSPHRASE, PULUMI_CONFIG_PASSPHRASE_FILE, PULUMI_ACCESS_TOKEN for stack prod",
  );
});

it("masks the secrets of its environment", async () => {
  const file = path.join(folder, "preview.json");
  writeFileSync(
    file,
    JSON.stringify({ diagnostics: [{ severity: "error", message: "phrase-canary and token-canary" }] }),
  );
  const { code, stdout } = await command(["--from", file], {
    PULUMI_CONFIG_PASSPHRASE: "phrase-canary",
    GITHUB_TOKEN: "token-canary",
  });
  expect(code).toBe(1);
  expect(stdout).toContain("[secret] and [secret]");
});

it("does not quote a file that is no preview", async () => {
  const file = path.join(folder, "preview.json");
  writeFileSync(file, "canary: not JSON");
  await expect(command(["--from", file])).rejects.toThrow(/found 16 characters that are no JSON(?!.*canary)/);
});

it("E1: shows the changes of a preview with text around it", async () => {
  const file = path.join(folder, "preview.json");
  writeFileSync(file, `warning: something\n${readFileSync(fixture("update"), "utf8")}\nbye\n`);
  const { code, stdout } = await command(["--from", file]);
  expect(code).toBe(0);
  expect(stdout).toContain("- **change** `postgresql` Container: `memory 1024 → 512`");
});

it("works as a program of its own", () => {
  const program = [
    "--require",
    "./toolchain/loader/register.cjs",
    "commands/preview-comment.ts",
    "--from",
    fixture("error"),
  ];
  const ended = spawnSync(process.execPath, program, {
    cwd: projectRoot,
    env: { PATH: process.env["PATH"], STACK: "prod" },
    encoding: "utf8",
  });
  expect(ended.stdout).toContain("caddy: expected a hostname");
  expect(ended.status).toBe(1);
});
