import fc from "fast-check";
import { hostKeyAlgorithms, KEEPALIVE, keyBlob, keyType } from "../../../../providers/ssh/policy";

test("type and blob of a key, whatever surrounds them", () => {
  fc.assert(
    fc.property(
      fc.constantFrom("ssh-ed25519", "ssh-rsa", "ecdsa-sha2-nistp256"),
      fc.base64String({ minLength: 4 }),
      fc.constantFrom("", " ", "\n", " host key\n"),
      (type, blob, after) => {
        expect([keyType(` ${type} ${blob}${after}`), keyBlob(` ${type}  ${blob}${after}`)]).toEqual([type, blob]);
      },
    ),
  );
  expect([keyType(""), keyBlob("ssh-ed25519")]).toEqual(["", ""]);
});

test.each([
  ["ssh-ed25519", ["ssh-ed25519"]],
  ["ecdsa-sha2-nistp256", ["ecdsa-sha2-nistp256"]],
  ["ssh-rsa", ["rsa-sha2-512", "rsa-sha2-256"]],
])("S6: a pinned key of type %s is proved by %j", (type, algorithms) => {
  const connection = { host: "192.0.2.1", port: 22, user: "root", hostKey: `${type} AAAA` };
  expect(hostKeyAlgorithms(connection)).toEqual(algorithms);
});

test("T6: a silent network is noticed within 60 s", () => {
  // The one sign of life too many is missed at the end of its own interval.
  expect(KEEPALIVE.seconds * (KEEPALIVE.unanswered + 1)).toBe(50);
});
