import { imagesFor } from "../../../commands/prepare-images";

const namesFor = (chosen: string): string[] => imagesFor(chosen).map(({ name }) => name);

/** What the lab's core needs, in the order of building. */
const CORE = ["base", "lab-host", "registry", "postgres", "redis", "caddy", "n8n", "node"];

/** Images of the other groups' services, and what those alone build on. */
const OTHERS = [
  ...["litellm", "nocodb", "vmalert", "cadvisor", "loki", "qdrant", "stand-in", "palais", "sure", "kaneo-api"],
  ...["kaneo", "grafana", "diun", "openclaw", "alloy"],
];

test("the core of the lab is made of its hosts, its registry, its services and its backups, and of no others", () => {
  const found = namesFor("core");
  expect(found.filter((name) => CORE.includes(name))).toEqual(CORE);
  expect(found.filter((name) => OTHERS.includes(name))).toEqual([]);
});

test("an unknown group is an error, so that nothing else is built in its place", () => {
  expect(() => imagesFor("everything")).toThrow(/all, or some of core,apps,monitoring,vpn,studio; found "everything"/);
});
