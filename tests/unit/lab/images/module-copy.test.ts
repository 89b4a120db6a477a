import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { patchedModule } from "../../../../lab/images/module-copy";

const MODULE = "example.org/module@v1.2.3";

let root: string;
const searchPath = process.env["PATH"];

const write = (file: string, content: string): void => {
  mkdirSync(path.dirname(path.join(root, file)), { recursive: true });
  writeFileSync(path.join(root, file), content);
};
const read = (file: string): string => readFileSync(path.join(root, file), "utf8");

/** Stands for Go's command: notes how it is called and gives this answer. */
function go(answer: object): void {
  write("bin/go", `#!/bin/sh\necho "$PWD $@" > '${root}/call'\ncat <<'END'\n${JSON.stringify(answer)}\nEND\n`);
  chmodSync(path.join(root, "bin/go"), 0o755);
  process.env["PATH"] = `${root}/bin:${searchPath}`;
}

beforeEach(() => {
  root = mkdtempSync(path.join(tmpdir(), "module-"));
  mkdirSync(path.join(root, "recipe"));
});
afterEach(() => {
  process.env["PATH"] = searchPath;
  rmSync(root, { recursive: true });
});

const PATCH = `--- a/inner/a.go
+++ b/inner/a.go
@@ -1 +1 @@
-published
+changed
--- /dev/null
+++ b/inner/b.go
@@ -0,0 +1 @@
+added
`;

const copied = (): Promise<void> => patchedModule(path.join(root, "recipe"), "part", MODULE);

test("the folder gets what is published, with the patch, and the cache stays as it is", async () => {
  write("cache/go.mod", "module example.org/module\n");
  write("cache/inner/a.go", "published\n");
  write("recipe/part.patch", PATCH);
  go({ Dir: path.join(root, "cache") });
  await copied();
  const files = ["part/go.mod", "part/inner/a.go", "part/inner/b.go"].map((file) => read(`recipe/${file}`));
  expect(files).toEqual(["module example.org/module\n", "changed\n", "added\n"]);
  expect(read("cache/inner/a.go")).toBe("published\n");
  expect(read("call")).toBe(`${root}/recipe mod download -json ${MODULE}\n`);
});

test("it does so inside a repository, too", async () => {
  execFileSync("git", ["init", "--quiet", root]);
  write("cache/inner/a.go", "published\n");
  write("recipe/part.patch", PATCH);
  go({ Dir: path.join(root, "cache") });
  await copied();
  expect(read("recipe/part/inner/a.go")).toBe("changed\n");
});

test("a patch that does not fit is an error that names the module and the place", async () => {
  write("cache/inner/a.go", "published otherwise\n");
  write("recipe/part.patch", PATCH);
  go({ Dir: path.join(root, "cache") });
  await expect(copied()).rejects.toThrow(/^expected a patch of the Go module example.org.module@v1.2.3.*inner.a.go/s);
});

test("a module that cannot be had is an error with Go's reason", async () => {
  go({ Error: "not found: unknown revision" });
  await expect(copied()).rejects.toThrow(
    /^expected the Go module example.org\/module@v1.2.3, found not found: unknown revision$/,
  );
});
