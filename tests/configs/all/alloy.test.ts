import alloy from "../../../platforms/vpai/services/alloy";
import { ServiceContainer } from "../services/service-container";
import { contextWith } from "../../context";

jest.setTimeout(1_800_000);

const container = new ServiceContainer(alloy, contextWith(), "alloy");

afterAll(() => container.remove());

test("Alloy loads the platform's pipelines", async () => {
  expect(await container.validate()).toMatchObject({ code: 0 });
});

test.each([
  ["a component that there is not", "loki.write", "loki.wrote", /loki\.wrote/],
  ["an export that no component has", "loki.write.loki.receiver", "loki.write.loki.output", /output/],
  ["an attribute that a component does not know", "scrape_interval", "scrape_intervall", /scrape_intervall/],
  ["a value of another kind", 'scrape_timeout = "10s"', 'scrape_timeout = "soon"', /soon/],
])("%s is refused", async (_mistake, from, to, named) => {
  const { code, stderr } = await container.validate((content) => content.replaceAll(from, to));
  expect([code, stderr]).toEqual([1, expect.stringMatching(named)]);
});
