import { changesOf } from "./changes";
import { diagnosticBlocks, hasErrors } from "./diagnostics";
import { fitComment } from "./fit";
import { fullDiff } from "./full-diff";
import { code } from "./markdown";
import type { PulumiPreviewJson } from "./preview";
import { maskFor, maskPreview } from "./secrets/masking";
import { countsLine, hostBlocks, warningBlocks } from "./summary";

/** Longest comment that GitHub takes, in characters ("body is too long (maximum is 65536 characters)"). */
export const COMMENT_LIMIT = 65536;

/** How a preview is shown. */
export interface RenderOptions {
  /** Name of the stack: letters, digits, `.`, `_`, `-`, `/`. */
  stack: string;
  /** Page of the workflow run that has the whole preview. Default: none, the note then names the local command. */
  runUrl?: string;
  /** Longest result, in characters. Default: `COMMENT_LIMIT`. */
  limit?: number;
  /** Secrets to mask wherever they appear, besides those that Pulumi marked. Default: none. */
  secretValues?: readonly string[];
  /** `pulumi preview` ended with an error. Default: it did if the preview has an error among its diagnostics. */
  failed?: boolean;
}

/** Hidden first line by which the one comment of a stack is found again. */
export function markerOf(stack: string): string {
  if (!/^[\w./-]+$/.test(stack)) {
    throw new Error(`expected a stack name of letters, digits, ".", "_", "-" and "/", found ${JSON.stringify(stack)}`);
  }
  return `<!-- preview:${stack} -->`;
}

/**
 * The Markdown of a preview: what it reported, what must not be missed, a summary by host, and the full diff folded.
 * The same preview gives the same text, in whatever order the engine took its steps.
 *
 * @throws Error when the stack's name could break out of the marker, RangeError when `limit` is too small for a heading
 */
export function renderPreview(preview: PulumiPreviewJson, options: RenderOptions): string {
  const { stack, runUrl, limit = COMMENT_LIMIT, secretValues = [] } = options;
  const mask = maskFor(secretValues);
  const masked = maskPreview(preview, mask);
  const changes = changesOf(masked);
  const failed = options.failed ?? hasErrors(masked);
  const blocks = [
    `${markerOf(stack)}\n## Preview of ${code(stack)}`,
    ...(failed ? ["**The preview failed.** What it found by then follows."] : []),
    ...diagnosticBlocks(masked),
    ...(failed && changes.length === 0 ? [] : [countsLine(changes, masked.changeSummary?.["same"] ?? 0)]),
    ...warningBlocks(changes),
    ...hostBlocks(changes),
  ];
  return fitComment({ blocks, diff: fullDiff(changes), cutNote: cutNote(stack, runUrl) }, limit);
}

function cutNote(stack: string, runUrl: string | undefined): string {
  if (runUrl === undefined) return `_Cut to fit. All of it: ${code(`pulumi preview --diff --stack ${stack}`)}._`;
  const address = new URL(runUrl).href.replaceAll("(", "%28").replaceAll(")", "%29");
  return `_Cut to fit a comment. All of it: [the log of this run](${address})._`;
}
