import "../providers/without-sdk";
import { execFileSync } from "node:child_process";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import os from "node:os";
import path from "node:path";
import { applyScript } from "../../../components/container/apply-files";
import type { Service } from "../../../model/service";
import { allServices } from "../../../platforms";

/** The script runs in a real shell, with programs that note how they were called. */
let folder: string;
const STARTED = new Date("2026-02-26T12:00:00Z");

beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), "apply-"));
  program(
    "docker",
    `case "$*" in *inspect*) echo 2026-02-26T12:00:00.123456789Z;; *) echo "docker $*" >>"${folder}/calls";; esac`,
  );
  program("sudo", `shift; echo sudo >>"${folder}/elevated"; exec "$@"`);
  for (const kind of ["configs", "secrets"]) {
    for (const name of ["caddy", "redis"]) mkdirSync(path.join(folder, kind, name), { recursive: true });
  }
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

function program(name: string, body: string): void {
  writeFileSync(path.join(folder, name), `#!/bin/sh\n${body}\n`);
  chmodSync(path.join(folder, name), 0o755);
}

const serviceNamed = (name: string): Service => allServices.find((one) => one.name === name) as Service;

/** A file that was written some seconds after the container started. */
function file(seconds: number, ...parts: string[]): void {
  const target = path.join(folder, ...parts);
  writeFileSync(target, "");
  const moment = new Date(STARTED.getTime() + seconds * 1000);
  utimesSync(target, moment, moment);
}

function run(script: string): void {
  execFileSync("sh", ["-c", script], { env: { PATH: `${folder}:${process.env["PATH"] ?? ""}` } });
}

/** What the script for a service asked Docker to do. */
function apply(name: string): string[] {
  run(applyScript(serviceNamed(name), `vpai_${name}`, folder));
  const calls = path.join(folder, "calls");
  return existsSync(calls) ? readFileSync(calls, "utf8").trim().split("\n") : [];
}

test("a container that started after its files were written is left alone", () => {
  file(-5, "configs", "redis", "redis.conf");
  file(-5, "secrets", "redis", "users.acl");
  expect(apply("redis")).toEqual([]);
});

test.each(["configs", "secrets"])("a newer file in %s restarts the service, with its time to stop", (kind) => {
  file(5, kind, "redis", "file");
  expect(apply("redis")).toEqual(["docker restart --time 10 vpai_redis"]);
});

test("a program that can reads its files again instead", () => {
  file(5, "configs", "caddy", "Caddyfile");
  expect(apply("caddy")).toEqual([
    "docker exec vpai_caddy caddy reload --config /etc/caddy/Caddyfile --adapter caddyfile",
  ]);
});

test("its words arrive as they are", () => {
  file(5, "configs", "redis", "redis.conf");
  const reload = ["tell", "two words", "$HOME", "it's", "*"];
  const said = path.join(folder, "said");
  program(
    "docker",
    `case "$*" in *inspect*) echo 2026-02-26T12:00:00Z;; *) shift 2; printf '%s\\n' "$@" >"${said}";; esac`,
  );
  run(applyScript({ ...serviceNamed("redis"), onChange: { reload } }, "vpai_redis", folder));
  expect(readFileSync(said, "utf8").trim().split("\n")).toEqual(reload);
});

test("another service's files are none of its business", () => {
  file(5, "configs", "caddy", "Caddyfile");
  expect(apply("redis")).toEqual([]);
});

test("a failed action is a failure", () => {
  program("docker", `case "$*" in *inspect*) echo 2026-02-26T12:00:00Z;; *) exit 4;; esac`);
  file(5, "configs", "redis", "redis.conf");
  expect(() => apply("redis")).toThrow();
});
