import type { Tool } from "../../model/program";
import { NODE } from "../../programs/node";
import { npmProgram } from "../../programs/npm";

/**
 * Coding agents for those who log in to the workstation (docs/requirements.md#workstation, docs/decisions/coding-tools.md). OpenCode is
 * there by its server's unit.
 */
export const CODING_TOOLS: readonly Tool[] = [
  {
    name: "claude-code",
    purpose: "Claude Code, by its vendor",
    version: "2.1.332",
    // Checksums as the registry publishes them: no manifest of ours names a program under its vendor's own terms.
    source: {
      kind: "npm-package",
      node: `${NODE.name}/${NODE.version}`,
      packages: {
        amd64: {
          name: "@anthropic-ai/claude-code-linux-x64",
          integrity: "sha512-f4JWhzwYutJIHScC7/dYOPX6s28tt7ZADhsOi8zwOHq5fFPEuUeChh2NMfinSg0GrUckYxaeebC4h0DqiKzLcw==",
        },
        arm64: {
          name: "@anthropic-ai/claude-code-linux-arm64",
          integrity: "sha512-BlHNEtK38KBPWU31F4lUSS9sHclCyfWbThT1CErvxxH8+XcljYLZlQwdyXBkTD62rw1TgfE1u1a+quMWS0NSJg==",
        },
      },
    },
    runtimes: [NODE],
    commands: { claude: "claude" },
  },
  {
    ...npmProgram("codex", "0.171.0"),
    purpose: "Codex, OpenAI's coding agent",
    commands: { codex: "bin/codex" },
    runtimes: [NODE],
  },
  {
    ...npmProgram("gemini-cli", "0.61.0"),
    purpose: "Gemini CLI, Google's coding agent",
    commands: { gemini: "bin/gemini" },
    runtimes: [NODE],
  },
];
