import { clusterPlace, postgresqlMajor } from "../../../capabilities/postgresql-major";
import { majorOf } from "../../../model/data-version";
import postgresql from "../../../platforms/vpai/services/postgresql";
import { contextWith } from "../../context";

/** Which version an image reads, and where that keeps its cluster. */

test.each([
  ["docker.io/library/postgres:18.1", 18],
  ["docker.io/library/postgres:17", 17],
  ["docker.io/library/postgres:17-alpine", 17],
  ["docker.io/library/postgres:18beta1", 18],
  [`localhost:5000/postgres:17.6@sha256:${"0".repeat(64)}`, 17],
  ["localhost:5000/postgres", undefined],
  ["docker.io/library/postgres:latest", undefined],
  ["docker.io/library/postgres:9.6.24", undefined],
])("%s holds version %s", (image, major) => {
  expect(postgresqlMajor(image)).toBe(major);
});

const ofImage = (image: string): Readonly<Record<string, string>> => {
  const service = { ...postgresql, run: { ...postgresql.run, image } };
  return service.environment?.(contextWith({ runs: [service] })) ?? {};
};

test("before 18 the image is told to keep its cluster below the folder that outlives the container, by its version", () => {
  expect(ofImage("docker.io/library/postgres:17.6")).toEqual({
    POSTGRES_INITDB_ARGS: "--data-checksums",
    PGDATA: "/var/lib/postgresql/17/docker",
  });
});

test("since 18 it does so by itself, and is told nothing", () => {
  expect(ofImage("docker.io/library/postgres:18.1")).toEqual({ POSTGRES_INITDB_ARGS: "--data-checksums" });
  expect(clusterPlace("docker.io/library/postgres:19.0", "/var/lib/postgresql")).toEqual({});
});

test("an image that does not say its version is refused", () => {
  const { dataVersions } = postgresql;
  if (dataVersions === undefined) throw new Error("PostgreSQL's data have versions");
  expect(() => majorOf("postgresql", "docker.io/library/postgres:latest", dataVersions)).toThrow(
    "postgresql: expected an image whose tag begins with the major version of PostgreSQL, which says what data it can read, found docker.io/library/postgres:latest",
  );
});
