import loki from "../../../platforms/vpai/services/loki";
import { ServiceContainer } from "../services/service-container";
import { contextWith } from "../../context";

jest.setTimeout(1_800_000);

const container = new ServiceContainer(loki, contextWith(), "loki");

afterAll(() => container.remove());

test("Loki accepts its configuration", async () => {
  expect(await container.validate()).toMatchObject({ code: 0 });
});

test.each([
  ["a key that it does not know", "auth_enabled", "auth_enabeld", /auth_enabeld/],
  ["a duration without unit", "retention_period: 720h", "retention_period: 720", /retention_period|duration/],
  ["an index that retention cannot work on", "period: 24h", "period: 48h", /24h/],
])("%s is refused", async (_mistake, from, to, named) => {
  const { code, stderr } = await container.validate((content) => content.replace(from, to));
  expect([code, stderr]).toEqual([1, expect.stringMatching(named)]);
});

/** Lines of errors, but for one: on a slow machine its rate store looks for ingesters before its only one has joined. */
const errorsIn = (logs: string): string[] =>
  logs.split("\n").filter((line) => line.includes("level=error") && !/ratestore\.go.*err="empty ring"/.test(line));

test("it starts as its own user, and says that it is ready", async () => {
  await container.start({}, "/loki");
  expect(errorsIn(container.logs())).toEqual([]);
});
