import { readFileSync, statSync, truncateSync, utimesSync, writeFileSync } from "node:fs";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Checkout } from "./checkout";

/** A program of two modules, a type that goes away, and a folder that is read at run time. */
const MAIN = `import { readdirSync } from "node:fs";
import { greeting, type Greeting } from "./part";
import { answer } from "./answer";

const said: Greeting = greeting;
console.log(said.text, answer, readdirSync(__dirname).includes("part.ts"), require.main === module);
`;
const PART = `export interface Greeting {
  text: string;
}

export const greeting: Greeting = { text: "one" };
`;

let checkout: Checkout;

beforeEach(() => {
  checkout = new Checkout({
    "main.ts": MAIN,
    "part.ts": PART,
    "answer.ts": "export const answer: number = 42;\n",
    "answer.json": '{ "answer": "of the wrong file" }',
  });
});

afterEach(() => checkout.remove());

const OUTPUT = { code: 0, stdout: "one 42 true true\n", stderr: "" };

describe("what was compiled", () => {
  it("is kept: the next process does not ask the transpiler", async () => {
    expect(await checkout.run("main.ts")).toEqual(OUTPUT);
    checkout.breakTranspiler();
    expect(await checkout.run("main.ts")).toEqual(OUTPUT);
  });

  it("is not written again while nothing changes", async () => {
    await checkout.run("main.ts");
    await checkout.run("main.ts");
    const before = checkout.keptFiles().map((file) => statSync(file).ino);
    await checkout.run("main.ts");
    expect(checkout.keptFiles().map((file) => statSync(file).ino)).toEqual(before);
  });

  it("is made anew for a file that changed, even with the same size and time", async () => {
    await checkout.run("main.ts");
    const { atime, mtime, size } = statSync(path.join(checkout.root, "part.ts"));
    checkout.write("part.ts", PART.replace("one", "two"));
    utimesSync(path.join(checkout.root, "part.ts"), atime, mtime);
    expect(statSync(path.join(checkout.root, "part.ts")).size).toBe(size);
    expect((await checkout.run("main.ts")).stdout).toBe("two 42 true true\n");
  });

  it.each([
    ["cut off", (file: string) => truncateSync(file, statSync(file).size - 40)],
    ["empty", (file: string) => truncateSync(file, 0)],
    ["something else", (file: string) => writeFileSync(file, "x".repeat(100_000))],
    ["damaged in every entry", (file: string) => writeFileSync(file, flipped(readFileSync(file)))],
  ])("heals when its file is %s", async (_, damage) => {
    await checkout.run("main.ts");
    checkout.keptFiles().forEach(damage);
    expect(await checkout.run("main.ts")).toEqual(OUTPUT);
    checkout.breakTranspiler();
    expect(await checkout.run("main.ts")).toEqual(OUTPUT);
  });

  it("comes from many processes at once without a mix-up", async () => {
    const runs = await Promise.all(Array.from({ length: 5 }, () => checkout.run("main.ts")));
    expect(runs).toEqual([OUTPUT, OUTPUT, OUTPUT, OUTPUT, OUTPUT]);
    expect(checkout.keptFiles()).toHaveLength(1);
    checkout.breakTranspiler();
    expect(await checkout.run("main.ts")).toEqual(OUTPUT);
  });

  it("outlives a process that is killed", async () => {
    checkout.write("main.ts", `${MAIN}if (!readdirSync(__dirname).includes("end")) setInterval(() => {}, 1000);\n`);
    const child = checkout.start("main.ts");
    const ended = new Promise((resolve) => child.once("close", (_, signal) => resolve(signal)));
    for (let look = 0; look < 100 && checkout.keptFiles().length === 0; look++) await sleep(100);
    child.kill("SIGKILL");
    expect(await ended).toBe("SIGKILL");
    checkout.write("end", "");
    checkout.breakTranspiler();
    expect(await checkout.run("main.ts")).toEqual(OUTPUT);
  });

  it("is not needed: a folder that cannot be written does no harm", async () => {
    checkout.write(".vpai", "a file in the folder's place");
    expect(await checkout.run("main.ts")).toEqual(OUTPUT);
  });
});

/** Every byte behind the index changed, so that only checksums can tell. */
function flipped(content: Buffer): Buffer {
  const start = 12 + Number(content.subarray(0, 12).toString());
  return Buffer.concat([content.subarray(0, start), content.subarray(start).map((byte) => byte ^ 0xff)]);
}

describe("errors", () => {
  it("name the file and the line of the TypeScript source, at first and from what was kept", async () => {
    checkout.write(
      "main.ts",
      'interface Unused {\n  a: string;\n}\n\ntype Other = Unused;\n\nexport const f = (x: Other): never => {\n  throw new Error(`no ${x.a}`);\n};\nf({ a: "b" });\n',
    );
    for (const { stderr, code } of [await checkout.run("main.ts"), await checkout.run("main.ts")]) {
      expect(code).toBe(1);
      expect(stderr).toContain("Error: no b");
      expect(stderr).toContain(`at f (${checkout.root}/main.ts:8:9)`);
      expect(stderr).toContain(`at Object.<anonymous> (${checkout.root}/main.ts:10:`);
    }
  });

  it("of a source that cannot be read name its file and line", async () => {
    checkout.write("part.ts", "export const greeting = {\n  text: ;\n};\n");
    const { code, stderr } = await checkout.run("main.ts");
    expect(code).toBe(1);
    expect(stderr).toMatch(/part\.ts.*\(2:9\)/);
  });
});

describe("what is seldom used", () => {
  it("is loaded when something of it is used, and not before", async () => {
    checkout.write(
      "main.ts",
      `import ts, { ScriptKind } from "typescript";
       const size = (): boolean => process.memoryUsage().heapUsed > 20_000_000;
       console.log(size(), ScriptKind.TS, size(), ts.ScriptKind.TS, "version" in require("typescript"));`,
    );
    expect((await checkout.run("main.ts")).stdout).toBe("false 3 true 3 true\n");
  });

  it("leaves the SDK without compiler and source maps, and serialises functions as ever", async () => {
    checkout.write(
      "main.ts",
      `const formatter = Error.prepareStackTrace;
       import * as pulumi from "@pulumi/pulumi";
       require("source-map-support/register");
       const loaded = (): boolean => Object.keys(require.cache).some((file) => /arborist.lib|typescript.lib/.test(file) && require.cache[file]!.children.length > 0);
       const two = require("./plain.cjs").two;
       console.log(loaded(), Error.prepareStackTrace === formatter);
       pulumi.runtime.serializeFunction(two).then(({ text }) => console.log(/return 1 \\+ 1;/.test(text)));`,
    );
    checkout.write("plain.cjs", "exports.two = () => { return 1 + 1; };\n");
    expect(await checkout.run("main.ts")).toEqual({ code: 0, stdout: "false true\ntrue\n", stderr: "" });
  });
});
