const said = new Set<string>();

/**
 * Tells whoever runs the engine something, once in a process. What a provider process writes to standard error is shown
 * among the run's diagnostics.
 */
export function warn(sentence: string): void {
  if (said.has(sentence)) return;
  said.add(sentence);
  console.error(`warning: ${sentence}`);
}
