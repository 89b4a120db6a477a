import { parseChallenge } from "../../../images/registry/challenge";

test("Docker Hub's and ghcr.io's, as they send them", () => {
  expect(
    parseChallenge(
      'Bearer realm="https://auth.docker.io/token",service="registry.docker.io",scope="repository:library/redis:pull"',
    ),
  ).toEqual({
    scheme: "bearer",
    parameters: {
      realm: "https://auth.docker.io/token",
      service: "registry.docker.io",
      scope: "repository:library/redis:pull",
    },
  });
  expect(parseChallenge('bearer realm="https://ghcr.io/token", service="ghcr.io", error=invalid_token')).toEqual({
    scheme: "bearer",
    parameters: { realm: "https://ghcr.io/token", service: "ghcr.io", error: "invalid_token" },
  });
});

test("a comma or an escaped quote within quotes belongs to the value", () => {
  expect(parseChallenge('Basic realm="a,b \\"c\\"", charset="UTF-8"')?.parameters).toEqual({
    realm: 'a,b "c"',
    charset: "UTF-8",
  });
});

test.each(["", "Negotiate abc", "  "])("%j is no scheme of a registry", (header) =>
  expect(parseChallenge(header)).toBeUndefined(),
);
