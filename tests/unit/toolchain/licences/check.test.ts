import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { projectRoot } from "../../../../toolchain/environment";
import { licenceFindings } from "../../../../toolchain/licences/check";
import { manifestsBelow, namesIn } from "../../../../toolchain/licences/manifests";

let root: string;

beforeEach(() => (root = mkdtempSync(path.join(tmpdir(), "licences-"))));
afterEach(() => rmSync(root, { recursive: true }));

/** Findings of a folder in which that is the only manifest. */
function findings(file: string, text: string): string[] {
  mkdirSync(path.dirname(path.join(root, file)), { recursive: true });
  writeFileSync(path.join(root, file), text);
  return licenceFindings(root);
}

const lock = (packages: Record<string, object>): string => JSON.stringify({ packages: { "": {}, ...packages } });

test("the project's own manifests name nothing under terms that it does not take", () => {
  expect(licenceFindings(projectRoot)).toEqual([]);
});

test("every form of manifest is read, those of recipes and tools included", () => {
  const manifests = manifestsBelow(projectRoot);
  expect(manifests).toEqual(
    expect.arrayContaining([
      "package.json",
      "package-lock.json",
      "providers/package.json",
      "toolchain/engine/go.mod",
      "toolchain/engine/go.sum",
      "lab/images/n8n/package-lock.json",
      "lab/images/litellm/requirements.in",
      "lab/images/litellm/requirements.txt",
      "lab/images/qdrant/client-requirements.txt",
    ]),
  );
  // A package of another's is no manifest of the project.
  expect(manifests.filter((file) => file.includes("node_modules"))).toEqual([]);
  const read = (file: string): string[] => namesIn(projectRoot, file).map(({ name }) => name);
  expect(read("toolchain/engine/go.mod")).toContain("github.com/pulumi/pulumi/pkg/v3");
  expect(read("lab/images/n8n/package-lock.json")).toContain("n8n-editor-ui");
  expect(read("lab/images/litellm/requirements.txt")).toContain("litellm-proxy-extras");
});

describe("a Go module is found", () => {
  test.each([
    [
      "among requirements",
      "module x\n\nrequire (\n\tgithub.com/grafana/loki/v3 v3.6.5 // indirect\n)\n",
      "loki/v3 3.6.5",
    ],
    ["alone", "module x\n\nrequire github.com/grafana/tempo v1.5.0\n", "github.com/grafana/tempo 1.5.0"],
    ["as a tool", "module x\n\ntool github.com/grafana/grafana/pkg/cmd\n", "github.com/grafana/grafana/pkg/cmd"],
    ["in place of another", "replace example.com/a => github.com/minio/minio v0.1.0\n", "minio/minio 0.1.0"],
    ["though free itself", "require github.com/grafana/alloy v1.11.0\n", "requires Loki's module (AGPL-3.0)"],
    ["from a version on", "require github.com/hashicorp/consul v1.17.0\n", "BUSL-1.1"],
  ])("%s", (_where, text, named) => {
    expect(findings("tool/go.mod", text)).toEqual([expect.stringContaining(named)]);
    expect(findings("tool/go.mod", text)[0]).toMatch(/^tool\/go\.mod: expected .*, found .*: take another one/);
  });

  test.each([
    ["Alloy's language", "require github.com/grafana/alloy/syntax v0.1.0\n"],
    ["Loki's push format, which has a licence of its own", "require github.com/grafana/loki/pkg/push v0.0.1\n"],
    ["Consul before it changed", "require github.com/hashicorp/consul v1.14.11\n"],
    ["Consul's client", "require github.com/hashicorp/consul/api v1.32.1\n"],
    ["a name in a comment", "// Not github.com/grafana/loki/v3 v3.6.5.\nrequire example.com/a v1.0.0\n"],
  ])("but not %s", (_what, text) => {
    expect(findings("go.mod", text)).toEqual([]);
  });

  test("in go.sum where it is downloaded whole, not where only its requirements are read", () => {
    const loki = "github.com/grafana/loki/v3 v3.6.5";
    expect(findings("go.sum", `${loki}/go.mod h1:AAAA=\n`)).toEqual([]);
    expect(findings("go.sum", `${loki} h1:AAAA=\n${loki}/go.mod h1:AAAA=\n`)).toHaveLength(1);
  });
});

describe("an npm package is found", () => {
  test.each([
    ["by its licence", { "node_modules/a": { version: "1.0.0", license: "AGPL-3.0-only" } }, /found a 1\.0\.0.*AGPL/],
    [
      "below another",
      { "node_modules/a/node_modules/b": { version: "2.0.0", license: "SSPL-1.0" } },
      /found b 2\.0\.0/,
    ],
    ["whose licence is in a file", { "node_modules/a": { license: "SEE LICENSE IN LICENSE" } }, /terms\.ts/],
    ["that nobody may use", { "node_modules/a": { license: "UNLICENSED" } }, /UNLICENSED/],
    ["by its name", { "node_modules/@remotion/cli": { version: "4.0.0", license: "MIT" } }, /@remotion\/cli 4\.0\.0/],
  ])("%s", (_how, packages, message) => {
    expect(findings("package-lock.json", lock(packages))).toEqual([expect.stringMatching(message)]);
  });

  test.each([
    ["one of two licences is free", { "node_modules/a": { license: "(MIT OR AGPL-3.0)" } }],
    ["its name is tolerated", { "node_modules/n8n-core": { license: "SEE LICENSE IN LICENSE.md" } }],
  ])("but not where %s", (_what, packages) => {
    expect(findings("package-lock.json", lock(packages))).toEqual([]);
  });

  test("in package.json, before any lockfile", () => {
    const text = JSON.stringify({ devDependencies: { remotion: "4.0.0" } });
    expect(findings("package.json", text)).toEqual([expect.stringMatching(/found remotion 4\.0\.0, under its vendor/)]);
  });
});

test.each(["litellm-enterprise==0.1.27 \\\n    --hash=sha256:aa\n", "LiteLLM_Enterprise>=0.1\n"])(
  "a Python package is found, however it is written: %j",
  (text) => {
    expect(findings("a/client-requirements.txt", text)).toEqual([
      expect.stringMatching(/found litellm-enterprise 0\.1.*, under its vendor's own terms/),
    ]);
  },
);
