const { transform } = require("sucrase");

/**
 * TypeScript to CommonJS, line by line: every line keeps its number, so that a stack trace is right without a source
 * map. Types are checked by the type checker.
 * @param {string} source
 * @param {string} file named in the error of one that cannot be read
 * @returns {string}
 */
function transpile(source, file) {
  const options = { transforms: ["typescript", "imports"], disableESTransforms: true, filePath: file };
  return transform(source, options).code;
}

module.exports = { transpile };
