import { pluginsFor, pluginsOf } from "../../../toolchain/stack-plugins";

/** A stack's file with machines of these kinds. */
const stackWith = (...kinds: string[]): string =>
  [
    "config:",
    "  vpai:hosts:",
    ...kinds.flatMap((kind, at) => [`    host-${at}:`, `      machine: { kind: ${kind} }`]),
  ].join("\n");

const ALWAYS = ["docker", "random", "command"];

describe("the plugins of a stack", () => {
  it("hold Hetzner's where one of its machines is there, and only there", () => {
    expect(pluginsFor(stackWith("existing", "hcloud"))).toEqual([...ALWAYS, "hcloud"]);
    expect(pluginsFor(stackWith("existing", "lab"))).toEqual(ALWAYS);
  });

  it.each([
    ["nothing", ""],
    ["no hosts", "config:\n  vpai:domain: hcloud.example\n"],
    ["an unfinished host", "config:\n  vpai:hosts:\n    sese-ai:\n"],
    ["a mistake", "config:\n  vpai:tls: acme\n vpai:domain: x\n"],
    ["one key twice", "config:\n  vpai:tls: acme\n  vpai:tls: acme-ovh\n"],
    ["a comment about hcloud", `# kind: hcloud\n${stackWith("lab")}`],
  ])("are the usual ones with %s in its file", (_, text) => {
    expect(pluginsFor(text)).toEqual(ALWAYS);
  });

  it("of this repository's stacks are those of their machines", () => {
    expect(pluginsOf("lab")).toEqual(ALWAYS);
    expect(pluginsOf("prod")).toEqual(ALWAYS);
    expect(pluginsOf("preprod")).toEqual([...ALWAYS, "hcloud"]);
    expect(pluginsOf("not-there")).toEqual(ALWAYS);
  });
});
