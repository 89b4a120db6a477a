import { imagesFor } from "../../../commands/prepare-images";

const namesFor = (chosen: string): string[] => imagesFor(chosen).map(({ name }) => name);

test("the core of the lab is made of its hosts, its registry and its services, and of no others", () => {
  expect(namesFor("core")).toEqual(
    expect.arrayContaining(["base", "lab-host", "registry", "postgres", "redis", "caddy", "n8n"]),
  );
  expect(namesFor("core")).not.toContain("grafana");
});

test("an unknown group is an error, so that nothing else is built in its place", () => {
  expect(() => imagesFor("everything")).toThrow(/all, or some of core,apps,monitoring; found "everything"/);
});
