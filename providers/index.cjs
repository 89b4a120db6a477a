const { realpathSync } = require("node:fs");
const path = require("node:path");

// Node may hand over the path of the workspace's link: it takes a link for a folder when what the process looked at
// before was a pipe.
const folder = realpathSync(__dirname);
// The dynamic provider process may have been started without the loader of TypeScript.
require(path.join(folder, "..", "toolchain", "loader", "register.cjs"));
module.exports = require(path.join(folder, "index.ts"));
