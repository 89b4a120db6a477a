import { readFileSync } from "node:fs";
import path from "node:path";
import { parse } from "yaml";
import { compileArguments, localArguments, pushArguments } from "../../../../commands/image-caddy/image";
import { projectRoot } from "../../../../toolchain/environment";

const REFERENCE = "ghcr.io/mobutoo/vpai-caddy:2.10.2";

const read = (file: string): string => readFileSync(path.join(projectRoot, file), "utf8");

test("what is pushed is made for both processors, with its provenance and its list of parts", () => {
  const line = pushArguments("/context").join(" ");
  expect(line).toMatch(/^buildx build --platform linux\/amd64,linux\/arm64 /);
  expect(line).toContain("--provenance mode=max --sbom true");
  expect(line).toMatch(new RegExp(`--tag ${REFERENCE} --push /context$`));
});

test("what is built here is for one processor, on the base that is there, and is not pushed", () => {
  const args = localArguments("arm64", "vpai-lab/base:1", ["--build-arg", "http_proxy"], "/context");
  expect(args).toEqual(expect.arrayContaining(["BASE=vpai-lab/base:1", "TARGETARCH=arm64", "http_proxy", REFERENCE]));
  expect(args.at(-1)).toBe("/context");
  expect(args).not.toContain("--push");
});

test("the program is compiled reproducibly, and as fast as Go makes it", () => {
  expect(compileArguments("/context/arm64/caddy")).toEqual(expect.arrayContaining(["-trimpath", "-buildvcs=false"]));
  expect(compileArguments("/context/arm64/caddy").join(" ")).not.toContain("-gcflags");
});

test("the image has what the platform asks of it: the port below 1024, a health check's client, certificates", () => {
  const recipe = read("images/caddy/Dockerfile");
  expect(recipe).toContain("setcap cap_net_bind_service=+ep /usr/bin/caddy");
  for (const part of ["ca-certificates", "media-types", "wget"]) expect(recipe).toContain(part);
  expect(recipe).toMatch(/^ARG BASE=docker\.io\/library\/debian:13\.\d+-slim$/m);
});

test("the workflow may write packages alone, runs on main, and does what runs locally", () => {
  const workflow = parse(read(".github/workflows/image-caddy.yml")) as {
    on: { push: { branches: string[]; paths: string[] } };
    permissions: Record<string, string>;
    jobs: { publish: { steps: { run?: string; env?: Record<string, string> }[] } };
  };
  expect(workflow.permissions).toEqual({ contents: "read", packages: "write" });
  expect(workflow.on.push.branches).toEqual(["main"]);
  expect(workflow.on.push.paths).toEqual(expect.arrayContaining(["images/caddy/**", "lab/images/caddy/**"]));
  const { steps } = workflow.jobs.publish;
  expect(steps.at(-1)?.run).toBe("make image-caddy PUSH=1");
  const withToken = steps.filter(({ env }) => env?.["GITHUB_TOKEN"] !== undefined);
  expect(withToken.map(({ run }) => run)).toEqual([expect.stringContaining("--password-stdin")]);
});
