import { readFileSync } from "node:fs";
import path from "node:path";
import { idleProgram, idleProject } from "../../../../commands/bench/idle";
import { projectRoot } from "../../../../toolchain/environment";

test("the idle program loads what index.ts loads, in its order", () => {
  const text = idleProgram(readFileSync(path.join(projectRoot, "index.ts"), "utf8"), "/root");
  const loaded = text.split("\n").filter((line) => line !== "");
  expect(loaded.at(0)).toBe('import "/root/toolchain/quiet-sdk";');
  expect(loaded).toContain('import "/root/components/stack";');
  expect(loaded).toContain('import "/root/config";');
  expect(loaded).toContain('import "/root/platforms";');
});

test("it is loaded as Pulumi.yaml says, from another folder", () => {
  const text = idleProject(readFileSync(path.join(projectRoot, "Pulumi.yaml"), "utf8"), "/root");
  expect(JSON.parse(text)).toEqual({
    name: "vpai-idle",
    main: "index.ts",
    runtime: {
      name: "nodejs",
      options: { typescript: false, nodeargs: "--require /root/toolchain/loader/register.cjs" },
    },
  });
});

test("options that name packages stay as they are", () => {
  const text = idleProject("runtime: { name: nodejs, options: { nodeargs: --require tsx/cjs -r ./a.cjs } }", "/root");
  expect(text).toContain('"--require tsx/cjs -r /root/a.cjs"');
});
