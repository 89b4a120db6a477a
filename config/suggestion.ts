/** Levenshtein distance: the least number of inserted, removed or replaced characters that turns `a` into `b`. */
const distance = (a: string, b: string): number => {
  let above = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let row = 1; row <= a.length; row++) {
    const current = [row];
    for (let column = 1; column <= b.length; column++) {
      const replaced = (above[column - 1] ?? 0) + (a[row - 1] === b[column - 1] ? 0 : 1);
      current.push(Math.min(replaced, (above[column] ?? 0) + 1, (current[column - 1] ?? 0) + 1));
    }
    above = current;
  }
  return above[b.length] ?? 0;
};

/** What to do about an unknown name: the known one it was meant to be, else all that are known. */
export const closest = (unknown: string, known: readonly string[]): string => {
  const ranked = known
    .map((name) => ({ name, distance: distance(unknown.toLowerCase(), name.toLowerCase()) }))
    .sort((a, b) => a.distance - b.distance);
  const best = ranked[0];
  if (best && best.distance <= Math.max(1, Math.floor(best.name.length / 3))) return `rename it to ${best.name}`;
  return known.length > 0 ? `use one of: ${known.join(", ")}` : "none is known here";
};
