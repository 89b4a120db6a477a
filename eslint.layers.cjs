/**
 * The layers of the source tree, a folder each, from the lowest up: a folder imports only folders below it. What is true of the
 * platform stands below what makes it so, and the domain types below everything.
 */
const LAYERS = [
  "model",
  "toolchain",
  "providers",
  "images",
  "lab",
  "capabilities",
  "programs",
  "config",
  "platforms",
  "components",
  "diagram",
  "commands",
];

/** What a folder may not import: the folders above it, which for the lowest one is every other. */
const above = (folder) => LAYERS.slice(LAYERS.indexOf(folder) + 1);

/** The workspace package is imported under its own name. */
const forbidden = (folders) =>
  `^(\\.\\./)+(${folders.join("|")})(/|$)${folders.includes("providers") ? "|^@vpai/providers$" : ""}`;

const messageFor = (folder) =>
  `${folder}/ imports only folders below it: ${LAYERS.slice(0, LAYERS.indexOf(folder)).join(", ") || "none"}.`;

/** ESLint's settings, one entry for each folder. */
const layerRules = LAYERS.filter((folder) => above(folder).length > 0).map((folder) => ({
  files: [`${folder}/**/*.{ts,cjs}`],
  rules: {
    "no-restricted-imports": [
      "error",
      {
        patterns: [{ regex: forbidden(above(folder)), message: messageFor(folder) }],
      },
    ],
  },
}));

module.exports = { LAYERS, layerRules };
