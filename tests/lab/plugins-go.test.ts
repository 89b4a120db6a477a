import path from "node:path";
import { projectRoot } from "../../toolchain/environment";
import { goFlags } from "../../toolchain/go-build";
import { run } from "../../toolchain/run";

// Where the plugins were not built here, the first run compiles the provider framework, which takes minutes on two cores.
jest.setTimeout(15 * 60_000);

describe.each(["plugins", "watchdog"])("of toolchain/%s", (module) => {
  test.each([["vet"], ["test"]])("go %s passes", async (task) => {
    const { code, stdout, stderr } = await run("go", [task, ...goFlags, "-mod=readonly", "./..."], {
      cwd: path.join(projectRoot, "toolchain", module),
    });
    expect({ code, output: code === 0 ? "" : stdout + stderr }).toEqual({ code: 0, output: "" });
  });
});
