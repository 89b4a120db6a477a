// The dynamic provider process starts without a TypeScript loader; this entry brings one, once.
if (!require.extensions[".ts"]) require("tsx/cjs");
module.exports = require("./index.ts");
