import type { Tool } from "../../model/program";
import { NODE } from "../../programs/node";
import { npmArchive, npmProgram } from "../../programs/npm";

const CLAUDE = "2.1.332";

/** The package of Claude Code for a processor, and its checksum as the registry publishes it. */
const claude = (platform: string, integrity: string): { url: string; integrity: string } => ({
  url: npmArchive(`@anthropic-ai/claude-code-${platform}`, CLAUDE),
  integrity,
});

/**
 * Coding agents for those who log in to the workstation (docs/requirements.md#workstation, docs/decisions/coding-tools.md). OpenCode is
 * there by its server's unit.
 */
export const CODING_TOOLS: readonly Tool[] = [
  {
    name: "claude-code",
    purpose: "Claude Code, by its vendor",
    version: CLAUDE,
    source: {
      kind: "download",
      unpack: true,
      files: {
        amd64: claude(
          "linux-x64",
          "sha512-f4JWhzwYutJIHScC7/dYOPX6s28tt7ZADhsOi8zwOHq5fFPEuUeChh2NMfinSg0GrUckYxaeebC4h0DqiKzLcw==",
        ),
        arm64: claude(
          "linux-arm64",
          "sha512-BlHNEtK38KBPWU31F4lUSS9sHclCyfWbThT1CErvxxH8+XcljYLZlQwdyXBkTD62rw1TgfE1u1a+quMWS0NSJg==",
        ),
      },
    },
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
