import fc from "fast-check";
import { scramVerifier, verifies } from "../../../../providers/postgresql/scram";

/** RFC 7677, section 3: user "user", password "pencil", this salt, 4096 iterations. */
const RFC_SALT = "W22ZaJ0SNY7soEsUEjb6gQ==";

/**
 * StoredKey and ServerKey of that exchange, worked out with Python's hashlib: they confirm the RFC's own
 * ClientProof (dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=) and ServerSignature.
 */
const RFC_VERIFIER =
  "SCRAM-SHA-256$4096:W22ZaJ0SNY7soEsUEjb6gQ==$WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY=:wfPLwcE6nTWhTAmQ7tl2KeoiWGPlZqQxSrmfPwDl2dU=";

test("the verifier of RFC 7677's example", () => {
  expect(scramVerifier("pencil", Buffer.from(RFC_SALT, "base64"), 4096)).toBe(RFC_VERIFIER);
  expect(verifies(RFC_VERIFIER, "pencil")).toBe(true);
  expect(verifies(RFC_VERIFIER, "pencils")).toBe(false);
});

test("a password of other forms of the same characters is the same (SASLprep's NFKC)", () => {
  expect(verifies(scramVerifier("caf\u00e9 \u2168"), "cafe\u0301 IX")).toBe(true);
});

test("any password is verified by its own verifier and by no other, which never holds it", () => {
  fc.assert(
    fc.property(fc.string({ unit: "grapheme", minLength: 1 }), fc.string({ minLength: 1 }), (password, other) => {
      const verifier = scramVerifier(password, undefined, 16);
      expect(verifier).toMatch(/^SCRAM-SHA-256\$16:[A-Za-z0-9+/]{22}==\$[A-Za-z0-9+/]{43}=:[A-Za-z0-9+/]{43}=$/);
      expect(verifies(verifier, password)).toBe(true);
      expect(verifies(verifier, other)).toBe(other.normalize("NFKC") === password.normalize("NFKC"));
    }),
    { numRuns: 50 },
  );
});

test("salts differ, so equal passwords do not show", () => {
  expect(new Set(Array.from({ length: 5 }, () => scramVerifier("same"))).size).toBe(5);
});

test.each([
  [null],
  [""],
  ["md5d8578edf8458ce06fbc5bb76a58c5ca4"],
  ["SCRAM-SHA-256$4096:"],
  ["SCRAM-SHA-256$x:AAAA$a:b"],
  ["plain"],
])("%p verifies nothing", (verifier) => expect(verifies(verifier, "plain")).toBe(false));

test("a verifier that was cut or changed in one place verifies nothing", () => {
  fc.assert(
    fc.property(fc.integer({ min: 45, max: RFC_VERIFIER.length - 2 }), (place) => {
      const changed =
        RFC_VERIFIER.slice(0, place) + (RFC_VERIFIER[place] === "A" ? "B" : "A") + RFC_VERIFIER.slice(place + 1);
      expect(verifies(changed, "pencil")).toBe(false);
      expect(verifies(RFC_VERIFIER.slice(0, place), "pencil")).toBe(false);
    }),
    { numRuns: 20 },
  );
});
