import path from "node:path";
import { cacheDirectory, projectRoot, variablesFor } from "../../../toolchain/environment";
import type { Installation } from "../../../toolchain/installation";

const built: Installation = { engine: "built", pulumi: "/p/.vpai/bin/pulumi", ownPlugins: true };
const official: Installation = { engine: "official", pulumi: "/usr/bin/pulumi", ownPlugins: false };
const local = path.join(projectRoot, ".vpai");

describe("cacheDirectory", () => {
  it.each([
    [{ VPAI_CACHE_DIR: "/c", XDG_CACHE_HOME: "/x", HOME: "/h" }, "/c"],
    [{ XDG_CACHE_HOME: "/x", HOME: "/h" }, "/x/vpai"],
    [{ HOME: "/h" }, "/h/.cache/vpai"],
  ])("of %j is %s", (env, expected) => {
    expect(cacheDirectory(env)).toBe(expected);
  });
});

describe("the environment of the engine that was built", () => {
  it("has an own home and search path, and neither downloads nor update checks", () => {
    expect(variablesFor("lab", built, { PATH: "/usr/bin:/bin" })).toEqual({
      PATH: `${local}/bin:/usr/bin:/bin`,
      PULUMI_HOME: `${local}/pulumi`,
      PULUMI_SKIP_UPDATE_CHECK: "true",
      PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
      GOGC: "400",
      PULUMI_BACKEND_URL: `file://${local}/lab/state?metadata=skip`,
      PULUMI_CONFIG_PASSPHRASE: "lab-only-this-passphrase-is-public",
    });
  });

  it("puts its directory on the search path once", () => {
    const { PATH: searchPath } = variablesFor("lab", built, { PATH: `/bin:${local}/bin` });
    expect(searchPath).toBe(`${local}/bin:/bin`);
  });

  it("keeps the state of other stacks in the home directory unless told otherwise", () => {
    expect(variablesFor("prod", built, {})).toHaveProperty("PULUMI_BACKEND_URL", "file://~?metadata=skip");
    expect(variablesFor("prod", built, { PULUMI_BACKEND_URL: "s3://b" })).not.toHaveProperty("PULUMI_BACKEND_URL");
  });

  it("never gives another stack the passphrase of the lab", () => {
    expect(variablesFor("prod", built, {})).not.toHaveProperty("PULUMI_CONFIG_PASSPHRASE");
  });
});

describe("the environment of the official engine", () => {
  it("leaves its login, home and search path alone", () => {
    expect(variablesFor("prod", official, { PATH: "/bin" })).toEqual({});
  });

  it("gives the lab its own state and passphrase, unless the user has chosen others", () => {
    expect(variablesFor("lab", official, {})).toEqual({
      PULUMI_BACKEND_URL: `file://${local}/lab/state?metadata=skip`,
      PULUMI_CONFIG_PASSPHRASE: "lab-only-this-passphrase-is-public",
    });
    const chosen = { PULUMI_BACKEND_URL: "file:///mine", PULUMI_CONFIG_PASSPHRASE_FILE: "/secret" };
    expect(variablesFor("lab", official, chosen)).toEqual({ PULUMI_BACKEND_URL: "file:///mine" });
  });

  it("finds plugins that were built for it on the search path, and tries no more downloads", () => {
    expect(variablesFor("prod", { ...official, ownPlugins: true }, { PATH: "/bin" })).toEqual({
      PATH: `${local}/bin:/bin`,
      PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
      GOGC: "400",
    });
  });
});
