const { transpile } = require("../toolchain/loader/transpile.cjs");

/** Lets jest read TypeScript as the program does; types are checked by the type checker. */
module.exports = { process: (source, file) => ({ code: transpile(source, file) }) };
