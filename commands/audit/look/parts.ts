/** Lines of a look by the name of their part. */
export type Parts = (name: string) => string[];

/** A look's lines, each behind its part's name and a tab. */
export function partsOf(text: string): Parts {
  const byName = new Map<string, string[]>();
  for (const line of text.split("\n")) {
    const tab = line.indexOf("\t");
    if (tab < 0) continue;
    const name = line.slice(0, tab);
    byName.set(name, [...(byName.get(name) ?? []), line.slice(tab + 1)]);
  }
  return (name) => byName.get(name) ?? [];
}
