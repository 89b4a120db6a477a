import { basicLogin, bearerLogin, type HttpProof, letIn, verdictOf } from "../../../model/proof";

const secret = { name: "key", description: "a key", origin: "random" } as const;
const proof = (more: Partial<HttpProof> = {}): HttpProof => ({
  secret,
  as: "a client",
  request: () => ({ path: "/" }),
  ...more,
});

test.each([
  [200, "accepted"],
  [204, "accepted"],
  [401, "refused"],
  [403, "refused"],
  [302, { unclear: "it answered 302" }],
  [404, { unclear: "it answered 404" }],
  [429, { unclear: "it answered 429" }],
  [503, { unclear: "it answered 503" }],
])("a status of %d says %j", (status, verdict) => expect(verdictOf(proof(), status)).toEqual(verdict));

test("a program may say no by another status, which is never both", () => {
  const own = proof({ refused: [400, 401], accepted: letIn });
  expect([200, 400, 401, 404].map((status) => verdictOf(own, status))).toEqual([
    "accepted",
    "refused",
    "refused",
    "accepted",
  ]);
});

test("whoever is let in may find nothing, or use the wrong method; a gateway without its program tells nothing", () => {
  expect([200, 204, 302, 400, 404, 405].every(letIn)).toBe(true);
  // It answers nobody for a while.
  expect(letIn(429)).toBe(false);
  expect([401, 403, 500, 502, 503].some(letIn)).toBe(false);
});

test("logins are headers as HTTP has them", () => {
  expect(basicLogin("Aladdin", "open sesame")).toEqual({ authorization: "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==" });
  expect(bearerLogin("abc")).toEqual({ authorization: "Bearer abc" });
});
