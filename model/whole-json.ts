/** Parses a text; of one that is no JSON only where it stops being one is told, never what stands there. */
export function wholeJson(text: string): { json: unknown } | { damage: string } {
  try {
    return { json: JSON.parse(text) as unknown };
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return { damage: stops(text, error.message) };
  }
}

const stops = (text: string, message: string): string => {
  const size = Buffer.byteLength(text);
  const position = /position (\d+)/.exec(message)?.[1];
  if (/unexpected end|unterminated string/i.test(message) || position === String(text.length))
    return `is cut short after ${size} bytes`;
  return `is no JSON${position === undefined ? "" : ` from character ${position} on`}`;
};
