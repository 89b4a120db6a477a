import { parseReference } from "../../../images/reference";

test("a reference has a registry, a path and a tag", () => {
  expect(parseReference("docker.io/library/postgres:18.1")).toEqual({
    registry: "docker.io",
    repository: "library/postgres",
    tag: "18.1",
  });
  expect(parseReference("ghcr.io/a/b/c-d:v1_2.3-x").repository).toBe("a/b/c-d");
});

test.each(["postgres:18.1", "docker.io/library/postgres", "docker.io/library/postgres:", "docker.io/x@sha256:abc"])(
  "%s is refused",
  (reference) => expect(() => parseReference(reference)).toThrow(`found "${reference}"`),
);
