import { CANARIES, graphOf, program, settingsOf } from "./graph";

test("what prod has on sese-ai needs nothing of its other hosts, so HOST=sese-ai leaves them alone", async () => {
  const graph = await graphOf("prod", { ...settingsOf("prod"), ...CANARIES }, program);
  const needed = new Set(graph.map(({ name }) => name).filter((name) => name.startsWith("sese-ai/")));
  for (const name of needed)
    for (const { dependsOn, provider, parent } of graph.filter((one) => one.name === name))
      for (const other of [...dependsOn, provider, parent]) if (other !== "") needed.add(other);
  const onOthers = /^(seko-vpn|workstation)(\/|$)/;
  expect(graph.filter(({ name }) => onOthers.test(name)).length).toBeGreaterThan(10);
  expect([...needed].filter((name) => onOthers.test(name))).toEqual([]);
  // A provider of an engine is made in every run, and with it the layers below that.
  expect(graph.filter(({ name }) => /^(seko-vpn|workstation)\/engine$/.test(name))).toEqual([]);
});
