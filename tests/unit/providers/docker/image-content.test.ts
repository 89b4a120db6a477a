import { contentOf, pullAgain } from "../../../../providers/docker/image-content";
import { refused, ScriptedHost } from "../scripted-host";

const id = (letter: string): string => `sha256:${letter.repeat(64)}`;
const LISTED = [
  `${id("a")} <none>@<none>`,
  `${id("b")} mirror.test/n8n@${id("1")}`,
  `${id("b")} n8nio/n8n@${id("2")}`,
  `${id("c")} redis@${id("3")}`,
  `${id("d")} registry.test:5000/x@<none>`,
].join("\n");

test.each([
  ["docker.io/n8nio/n8n:2.7.3", "b", `n8nio/n8n@${id("2")}`],
  ["docker.io/library/redis:8.0.2", "c", `redis@${id("3")}`],
  ["elsewhere.test/n8n:2", "b", `mirror.test/n8n@${id("1")}`],
  ["registry.test:5000/x:1", "d", undefined],
  ["docker.io/library/none:1", "a", undefined],
  ["docker.io/library/none:1", "e", undefined],
])("C7: the content of %s (%s) is known as %s", async (reference, letter, content) => {
  expect(await contentOf(new ScriptedHost(() => LISTED), id(letter), reference)).toBe(content);
});

describe("an image that was removed", () => {
  const known = { id: id("b"), reference: "docker.io/n8nio/n8n:2.7.3" };

  /** A registry that gives an image of that id. */
  const hostPulling = (pulled: string): ScriptedHost => {
    let there = false;
    return new ScriptedHost((argv) => {
      if (argv[1] === "pull") {
        there = true;
        return "";
      }
      const asked = argv.at(-1) ?? "";
      return there && (!asked.startsWith("sha256:") || asked === pulled) ? pulled : refused("No such image");
    });
  };

  test.each([
    [`n8nio/n8n@${id("2")}`, `n8nio/n8n@${id("2")}`],
    [undefined, "docker.io/n8nio/n8n:2.7.3"],
  ])("C7: is pulled again by its content, %s, else by its tag", async (content, asked) => {
    const host = hostPulling(id("b"));
    await pullAgain(host, { ...known, content });
    expect(host.commands[0]).toEqual(["docker", "pull", "--quiet", "--", asked]);
  });

  test.each([
    ["docker.io", [["docker", "system", "dial-stdio"]]],
    ["ghcr.io", [["docker", "pull", "--quiet", "--", `n8nio/n8n@${id("2")}`]]],
  ])("C7: is pulled with a login where there is one for its registry: %s", async (registry, first) => {
    const host = hostPulling(id("b"));
    const logins = [{ registry, user: "robot", password: "secret", secret: "token" }];
    await pullAgain(host, { ...known, content: `n8nio/n8n@${id("2")}`, logins }).catch(() => undefined);
    expect(host.commands.slice(0, 1)).toEqual(first);
  });

  test("C7: whose tag names another one by now is not taken for it", async () => {
    await expect(pullAgain(hostPulling(id("f")), known)).rejects.toThrow(
      `expected docker.io/n8nio/n8n:2.7.3 to be the image ${id("b")}, found ${id("f")}: its tag was given to another one`,
    );
  });
});
