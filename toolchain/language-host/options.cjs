/**
 * Reads `runtime.options` of Pulumi.yaml.
 * @param {Record<string, unknown>} options as the engine hands them over
 * @returns {{ typescript: boolean, tsconfig?: string, nodeargs: string[] }} `typescript` is true unless switched off
 * @throws when an option has the wrong type
 */
function parseOptions(options) {
  return {
    typescript: typed(options, "typescript", "boolean", true),
    tsconfig: typed(options, "tsconfig", "string", undefined),
    nodeargs: splitArguments(typed(options, "nodeargs", "string", "")),
  };
}

function typed(options, name, type, fallback) {
  const value = options[name];
  if (value === undefined || value === null) return fallback;
  if (typeof value === type) return value;
  throw new Error(`runtime option "${name}" in Pulumi.yaml: expected a ${type}, found ${JSON.stringify(value)}`);
}

/** One argument: quoted parts, escaped characters and plain characters in any mixture. */
const ARGUMENT = /(?:'[^']*'|"(?:\\[^]|[^"\\])*"|\\[^]|[^\s'"\\])+/y;
const PART = /'([^']*)'|"((?:\\[^]|[^"\\])*)"|\\([^])|([^\s'"\\]+)/g;

/**
 * Splits a line into arguments as a POSIX shell would, without expanding anything.
 * @param {string} line
 * @returns {string[]}
 * @throws on a quote or backslash that is not closed
 */
function splitArguments(line) {
  const result = [];
  let position = 0;
  for (;;) {
    while (/\s/.test(line.charAt(position))) position += 1;
    if (position >= line.length) return result;
    ARGUMENT.lastIndex = position;
    const match = ARGUMENT.exec(line);
    if (match === null || endsInsideQuote(line, ARGUMENT.lastIndex)) {
      throw new Error(`runtime option "nodeargs" in Pulumi.yaml: unbalanced quote or backslash in: ${line}`);
    }
    result.push(unquote(match[0]));
    position = ARGUMENT.lastIndex;
  }
}

function endsInsideQuote(line, position) {
  return position < line.length && !/\s/.test(line.charAt(position));
}

function unquote(word) {
  return word.replace(
    PART,
    (_, single, double, escaped, plain) => single ?? double?.replace(/\\(["\\$`])/g, "$1") ?? escaped ?? plain,
  );
}

module.exports = { parseOptions, splitArguments };
