import alertmanager from "../../../platforms/vpai/services/alertmanager";
import { contextWith } from "../../context";
import { ServiceContainer } from "./service-container";

jest.setTimeout(1_200_000);

const container = new ServiceContainer(
  alertmanager,
  contextWith({
    given: ["alertsBotToken", "alertsChat", "alertsHeartbeatUrl"],
    settings: {
      telegramApi: "https://api.telegram.org",
      alertsMailTo: "owner@example.org",
      alertsMailFrom: "alerts@example.org",
      alertsMailServer: "smtp.example.org:587",
    },
  }),
  "alertmanager",
);

afterAll(() => container.remove());

test("amtool accepts all channels, and the templates of their messages", async () => {
  const { code, stdout } = await container.validate();
  expect([code, stdout]).toEqual([0, expect.stringContaining("SUCCESS")]);
  expect(stdout).toContain(" - 3 receivers");
});

test("a mistake is refused", async () => {
  const { code, stdout, stderr } = await container.validate((content) => content.replace("smarthost", "smarthorst"));
  expect(code).not.toBe(0);
  expect(stdout + stderr).toContain("smarthorst");
});
