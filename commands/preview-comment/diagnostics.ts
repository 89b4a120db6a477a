import { nameOf } from "../engine/urn";
import type { Diagnostic, PulumiPreviewJson } from "./preview";
import { fenced, shorten, visible } from "./markdown";
import { compare } from "./property-changes";

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

/** Whether a preview says that something is wrong. */
export const hasErrors = (preview: PulumiPreviewJson): boolean => withSeverity(preview, "error").length > 0;

const withSeverity = (preview: PulumiPreviewJson, severity: string): Diagnostic[] =>
  (preview.diagnostics ?? []).filter((diagnostic) => diagnostic.severity === severity);

function messages(title: string, diagnostics: readonly Diagnostic[]): string[] {
  const texts = withNames(diagnostics.filter(({ message }) => !ABOUT_PATH.test(message ?? "")));
  if (texts.length === 0) return [];
  const shown = texts.slice(0, MOST_MESSAGES).map((text) => fenced("text", shorten(text, LONGEST_MESSAGE).split("\n")));
  const more = texts.length > MOST_MESSAGES ? [`… and ${texts.length - MOST_MESSAGES} more.`] : [];
  return [`### ${title}`, ...shown, ...more];
}

/** Each message once, after the names of the resources that it is about. */
function withNames(diagnostics: readonly Diagnostic[]): string[] {
  const names = new Map<string, Set<string>>();
  for (const { urn, message } of diagnostics) {
    const text = visible(message ?? "").trim();
    if (text !== "") names.set(text, (names.get(text) ?? new Set()).add(visible(nameOf(urn ?? ""))));
  }
  return [...names].map(([text, about]) => prefixed([...about].filter((name) => name !== "").sort(compare), text));
}

/** Most resources that are named before a message. */
const MOST_NAMES = 3;

function prefixed(names: readonly string[], text: string): string {
  if (names.length === 0) return text;
  const more = names.length > MOST_NAMES ? ` and ${names.length - MOST_NAMES} more` : "";
  return `${names.slice(0, MOST_NAMES).join(", ")}${more}: ${text}`;
}
