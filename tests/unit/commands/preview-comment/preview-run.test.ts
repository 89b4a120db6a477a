import { renderPreview } from "../../../../commands/preview-comment/render";
import { previewOf } from "../../../../commands/preview-comment/run-preview";

describe("previewOf", () => {
  it("reads what the engine printed, also when it failed", () => {
    const run = { exitCode: 1, stdout: '{"diagnostics":[{"severity":"error","message":"no"}]}', stderr: "" };
    expect(previewOf(run)).toEqual({ diagnostics: [{ severity: "error", message: "no" }] });
  });

  it("makes a preview of the error of a run that never started (recorded: a wrong passphrase)", () => {
    const stderr = "error: getting stack configuration: get stack secrets manager: incorrect passphrase\n";
    expect(previewOf({ exitCode: 1, stdout: "", stderr })).toEqual({
      diagnostics: [
        {
          severity: "error",
          message: "error: getting stack configuration: get stack secrets manager: incorrect passphrase",
        },
      ],
    });
  });

  it("E1: ends with an error where a run that went well printed no preview, and quotes no part of one", () => {
    const cut = '{\n    "steps": [\n        {"op": "same", "canary": 1}';
    const { diagnostics } = previewOf({ exitCode: 0, stdout: cut, stderr: "" });
    expect(diagnostics).toEqual([
      {
        severity: "error",
        message:
          "expected the output of `pulumi preview --json`, found 52 characters that are no JSON of it; " +
          "run it by hand to see what it says",
      },
    ]);
    expect(previewOf({ exitCode: 0, stdout: "Nothing here", stderr: "" }).diagnostics?.[0]?.message).toBe(
      "Nothing here",
    );
  });

  it("says so when a run said nothing", () => {
    expect(previewOf({ exitCode: 137, stdout: "", stderr: " " }).diagnostics?.[0]?.message).toBe(
      "pulumi preview ended with exit code 137 and said nothing",
    );
  });

  it.each([
    ["a secret", "hunter2-canary-hunter2", ["hunter2-canary-hunter2"]],
    ["a URL's password, which nobody knows", "postgres://u:hunter2-canary-hunter2@db/state", []],
  ])("V5: masks %s before its message is cut in the middle of it", (_what, secret, secretValues) => {
    for (const begin of [2960, 2980, 2990, 2999, 3000]) {
      const stderr = `${"x ".repeat(begin / 2)}${secret} and more ${"y".repeat(200)}`;
      const text = renderPreview(previewOf({ exitCode: 1, stdout: "", stderr }), { stack: "prod", secretValues });
      expect(text).not.toMatch(/hunter|canary/);
      expect(text.length).toBeLessThan(3200);
    }
  });
});
