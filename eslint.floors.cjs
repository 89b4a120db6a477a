/**
 * The rooms of the house from the ground floor up: a room imports only rooms below it. What is true of the platform stands
 * below what makes it so, and the words below everything.
 */
const FLOORS = [
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

/** Room by room, what may not be imported: the rooms above, and on the ground floor every other one. */
const above = (room) => FLOORS.slice(FLOORS.indexOf(room) + 1);

/** The workspace package is a room under its own name. */
const forbidden = (rooms) =>
  `^(\\.\\./)+(${rooms.join("|")})(/|$)${rooms.includes("providers") ? "|^@vpai/providers$" : ""}`;

const messageFor = (room) =>
  `${room}/ imports only rooms below it: ${FLOORS.slice(0, FLOORS.indexOf(room)).join(", ") || "none"}.`;

/** ESLint's settings, one entry for each room. */
const floors = FLOORS.filter((room) => above(room).length > 0).map((room) => ({
  files: [`${room}/**/*.{ts,cjs}`],
  rules: {
    "no-restricted-imports": [
      "error",
      {
        patterns: [{ regex: forbidden(above(room)), message: messageFor(room) }],
      },
    ],
  },
}));

module.exports = { FLOORS, floors };
