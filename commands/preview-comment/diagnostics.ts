import type { Diagnostic, PulumiPreviewJson } from "./preview";
import { fenced, shorten, visible } from "./markdown";

/** Most messages of one severity that are shown, and longest message in characters. The run's log has them all. */
const MOST_MESSAGES = 10;
const LONGEST_MESSAGE = 3000;

/** Set-up's own plugins are found on PATH; the engine says so in every run. */
const ABOUT_PATH = /using pulumi-(language|resource)-\S+ from \$PATH/;

/** What the preview reported: errors, then warnings, each as one block. */
export function diagnosticBlocks(preview: PulumiPreviewJson): string[] {
  return [
    ...messages("Errors", withSeverity(preview, "error")),
    ...messages("Warnings", withSeverity(preview, "warning")),
  ];
}

export const hasErrors = (preview: PulumiPreviewJson): boolean => withSeverity(preview, "error").length > 0;

const withSeverity = (preview: PulumiPreviewJson, severity: string): Diagnostic[] =>
  (preview.diagnostics ?? []).filter((diagnostic) => diagnostic.severity === severity);

function messages(title: string, diagnostics: readonly Diagnostic[]): string[] {
  const texts = [...new Set(diagnostics.map(textOf))].filter((text) => text !== "" && !ABOUT_PATH.test(text));
  if (texts.length === 0) return [];
  const shown = texts.slice(0, MOST_MESSAGES).map((text) => fenced("text", shorten(text, LONGEST_MESSAGE).split("\n")));
  const more = texts.length > MOST_MESSAGES ? [`… and ${texts.length - MOST_MESSAGES} more.`] : [];
  return [`### ${title}`, ...shown, ...more];
}

function textOf({ urn, message }: Diagnostic): string {
  const text = visible(message ?? "").trim();
  const name = urn?.split("::").slice(3).join("::") ?? "";
  return text === "" || name === "" ? text : `${visible(name)}: ${text}`;
}
