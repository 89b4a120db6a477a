import path from "node:path";
import { projectRoot } from "../../toolchain/environment";
import { goFlags } from "../../toolchain/go-build";
import { run } from "../../toolchain/run";

const module = path.join(projectRoot, "toolchain", "plugins");

// Where the plugins were not built here, the first run compiles the provider framework, which takes minutes on two cores.
jest.setTimeout(15 * 60_000);

test.each([["vet"], ["test"]])("go %s passes for the provider plugins", async (task) => {
  const { code, stdout, stderr } = await run("go", [task, ...goFlags, "-mod=readonly", "./..."], { cwd: module });
  expect({ code, output: code === 0 ? "" : stdout + stderr }).toEqual({ code: 0, output: "" });
});
