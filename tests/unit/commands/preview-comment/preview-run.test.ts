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

  it("says so when a run said nothing", () => {
    expect(previewOf({ exitCode: 137, stdout: "", stderr: " " }).diagnostics?.[0]?.message).toBe(
      "pulumi preview ended with exit code 137 and said nothing",
    );
  });
});
