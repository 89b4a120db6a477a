/** The end of the JSON object that starts at `start`, by its braces alone; undefined when it is cut. */
function endOfObject(text: string, start: number): number | undefined {
  // A text in quotes, or one brace.
  const tokens = /"[^"\\]*(?:\\[^][^"\\]*)*"|[{}]/g;
  tokens.lastIndex = start;
  let depth = 0;
  for (let token = tokens.exec(text); token !== null; token = tokens.exec(text)) {
    if (token[0] === "{") depth++;
    if (token[0] === "}" && --depth === 0) return tokens.lastIndex;
  }
  return undefined;
}

function parsed(text: string): object | undefined {
  try {
    const value = JSON.parse(text) as unknown;
    return typeof value === "object" && value !== null && !Array.isArray(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** What comes before an object that starts in its line: no white space first, as everything inside an object has. */
const START = /^(?!\s)[^\n{]*\{/gm;

/** The JSON objects in a text, those inside others not counted. Of a cut one nothing is found. */
function objectsIn(text: string): object[] {
  const whole = parsed(text.trim());
  if (whole !== undefined) return [whole];
  const found: object[] = [];
  const starts = new RegExp(START);
  for (let match = starts.exec(text); match !== null; match = starts.exec(text)) {
    const start = starts.lastIndex - 1;
    const end = endOfObject(text, start);
    const object = end === undefined ? undefined : parsed(text.slice(start, end));
    if (end === undefined || object === undefined) continue;
    found.push(object);
    starts.lastIndex = end;
  }
  return found;
}

/**
 * The one JSON object that a `pulumi … --json` printed. Programs, plugins and wrappers print to the same place, so there may
 * be other text before and after it, and other JSON.
 *
 * @param command what printed it, for the error: `pulumi preview --json`
 * @param isIt tells the object from others. Default: any is it
 * @throws Error when there is none, or several; it never quotes the text, which may hold secrets
 */
export function pulumiJson(text: string, command: string, isIt: (object: object) => boolean = () => true): object {
  const [object, ...more] = objectsIn(text).filter(isIt);
  if (object !== undefined && more.length === 0) return object;
  const found = object === undefined ? `${text.length} characters that are no JSON of it` : `${more.length + 1} of it`;
  throw new Error(`expected the output of \`${command}\`, found ${found}; run it by hand to see what it says`);
}
