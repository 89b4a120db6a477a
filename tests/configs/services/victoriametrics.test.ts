import victoriametrics from "../../../platforms/vpai/services/victoriametrics";
import { contextWith } from "../../context";
import { ServiceContainer } from "./service-container";

jest.setTimeout(1_200_000);

const container = new ServiceContainer(victoriametrics, contextWith(), "victoriametrics");

afterAll(() => container.remove());

test("VictoriaMetrics accepts what it is to scrape", async () => {
  const { code, stderr } = await container.validate();
  expect([code, stderr]).toEqual([0, expect.stringContaining("-promscrape.config is ok")]);
});

test("a mistake is refused", async () => {
  const { code, stderr } = await container.validate((content) => content.replace("scrape_configs", "scrape_konfigs"));
  expect(code).not.toBe(0);
  expect(stderr).toContain("scrape_konfigs");
});

test("it starts with its arguments, as its own user, and keeps thirty days", async () => {
  await container.start({}, "/storage");
  const flags = container.run(["wget", "-q", "-O", "-", "http://127.0.0.1:8428/flags"]).stdout;
  expect(flags).toMatch(/^-?retentionPeriod="?30d"?$/m);
  expect(container.run(["id", "-u"]).stdout.trim()).toBe("65534");
});
