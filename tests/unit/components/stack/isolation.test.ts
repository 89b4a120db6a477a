import { coreOfProd, coreProgram, graphOf, type Registered, resource, settingsOf } from "./graph";

/** A stack whose hosts reach nobody but each other. */

const isolated = (settings: Readonly<Record<string, string>>): Promise<Registered[]> =>
  graphOf("lab", { ...settings, "vpai:services": '["core"]', "vpai:isolated": "true" }, coreProgram);

test("each host is closed to all but the stack's own, before its engine is looked at; in others there is no such resource", async () => {
  const graph = await isolated(settingsOf("lab"));
  const names = ["sese-ai", "seko-vpn", "workstation"].map((host) => `${host}/isolation`);
  expect(
    graph
      .map(({ name }) => name)
      .filter((name) => name.endsWith("/isolation"))
      .sort(),
  ).toEqual([...names].sort());
  const { inputs, dependsOn } = resource(graph, "sese-ai/isolation");
  const own = (inputs["own"] as string[]).map((address) => address.split(".").at(-1)).sort();
  // The registry, and the three hosts.
  expect(own).toEqual(["11", "12", "13", "5"]);
  expect(dependsOn).toEqual(expect.arrayContaining(["sese-ai/packet-filter", "sese-ai/login-bans"]));
  expect(resource(graph, "sese-ai/docker").dependsOn).toContain("sese-ai/isolation");
  const open = await graphOf("lab", { ...settingsOf("lab"), "vpai:services": '["core"]' }, coreProgram);
  expect(open.filter(({ name }) => name.endsWith("/isolation"))).toEqual([]);
}, 120_000);

test("a computer that gets its images from outside is refused before anything is made", async () => {
  const made = graphOf("prod", { ...coreOfProd, "vpai:isolated": "true" }, coreProgram);
  await expect(made).rejects.toThrow(
    /^vpai:isolated: expected lab machines alone, found sese-ai on a machine of kind existing/,
  );
}, 60_000);
