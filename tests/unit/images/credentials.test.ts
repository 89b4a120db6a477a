import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { basicCredentials, dockerConfigFile } from "../../../images/registry/credentials";

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "docker-config-"));
  file = path.join(folder, "config.json");
});
afterEach(() => rmSync(folder, { recursive: true }));

const write = (config: object): void => writeFileSync(file, JSON.stringify(config));

test("a login of docker is found under the registry's name; Docker Hub has one of its own", () => {
  write({ auths: { "ghcr.io": { auth: "Z2g=" }, "https://index.docker.io/v1/": { auth: "aHVi" } }, credsStore: "x" });
  expect(basicCredentials("ghcr.io", file)).toBe("Z2g=");
  expect(basicCredentials("docker.io", file)).toBe("aHVi");
  expect(basicCredentials("quay.io", file)).toBeUndefined();
});

test("an entry without credentials, as a credential helper leaves it, counts as none", () => {
  write({ auths: { "ghcr.io": {}, "https://quay.io": { auth: "cXVheQ==" } } });
  expect(basicCredentials("ghcr.io", file)).toBeUndefined();
  expect(basicCredentials("quay.io", file)).toBe("cXVheQ==");
});

test("without the file there are none", () => {
  expect(basicCredentials("ghcr.io", file)).toBeUndefined();
});

test("another file is an error that shows none of it", () => {
  writeFileSync(file, "c2VjcmV0");
  const read = () => basicCredentials("ghcr.io", file);
  expect(read).toThrow(`expected Docker's configuration in ${file}`);
  expect(read).not.toThrow("c2VjcmV0");
});

test("the file is where Docker's own variable says, else in the home directory", () => {
  expect(dockerConfigFile({ DOCKER_CONFIG: "/a" })).toBe("/a/config.json");
  expect(dockerConfigFile({})).toMatch(/\/\.docker\/config\.json$/);
});
