import fc from "fast-check";

/**
 * Any character, often an ASCII one: `fc.string({ unit: anyCharacter })`. fast-check's own `unit: "binary"` lists all of
 * Unicode first, which costs each file of tests most of a second.
 */
export const anyCharacter = fc
  .oneof(
    fc.integer({ min: 0, max: 0x7f }),
    fc.integer({ min: 0x80, max: 0xd7ff }),
    fc.integer({ min: 0xe000, max: 0x10ffff }),
  )
  .map((code) => String.fromCodePoint(code));
