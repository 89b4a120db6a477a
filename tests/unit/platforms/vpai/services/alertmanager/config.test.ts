import { parse } from "yaml";
import alertmanager from "../../../../../../platforms/vpai/services/alertmanager";
import { contextWith, type Given } from "../../../../../context";

const MAIL = {
  alertsMailTo: "owner@example.org",
  alertsMailFrom: "alerts@example.org",
  alertsMailServer: "smtp.example.org:587",
};
const TELEGRAM = { telegramApi: "https://api.telegram.org" };

/** The receivers as they are deployed, by their names. */
function receiversWith(given: Given): Record<string, object> {
  const files = alertmanager.files?.(contextWith(given)) ?? [];
  const [config] = files.filter(({ path }) => path.endsWith("/alertmanager.yml"));
  const { receivers } = parse(config?.content as string) as { receivers: { name: string }[] };
  return Object.fromEntries(receivers.map(({ name, ...channels }) => [name, channels]));
}

/** https://prometheus.io/docs/alerting/latest/configuration/#email_config; TLS is wanted unless `require_tls` says otherwise. */
const mail = (resolved: boolean): object => ({
  to: "owner@example.org",
  from: "alerts@example.org",
  smarthost: "smtp.example.org:587",
  auth_username: "alerts@example.org",
  auth_password_file: "/run/secrets/mail_password",
  headers: { Subject: '{{ template "platform.subject" . }}' },
  text: '{{ template "platform.text" . }}',
  html: "",
  send_resolved: resolved,
});

test("with a mail server, the owner gets alerts and news by mail, and the heartbeat goes nowhere", () => {
  expect(receiversWith({ settings: { ...TELEGRAM, ...MAIL } })).toEqual({
    owner: { email_configs: [mail(true)] },
    news: { email_configs: [mail(false)] },
    heartbeat: {},
  });
});

test("with bot, chat and URL too, by Telegram first, and the heartbeat goes to the URL", () => {
  const given = ["alertsBotToken", "alertsChat", "alertsHeartbeatUrl"];
  const { owner, news, heartbeat } = receiversWith({ settings: { ...TELEGRAM, ...MAIL }, given });
  const bot = {
    api_url: "https://api.telegram.org",
    bot_token_file: "/run/secrets/telegram_bot_token",
    chat_id_file: "/run/secrets/telegram_chat",
  };
  expect(owner).toMatchObject({ telegram_configs: [{ ...bot, send_resolved: true }], email_configs: [mail(true)] });
  expect(news).toMatchObject({ telegram_configs: [{ ...bot, send_resolved: false }], email_configs: [mail(false)] });
  expect(heartbeat).toEqual({
    webhook_configs: [{ url_file: "/run/secrets/heartbeat_url", send_resolved: false, max_alerts: 1 }],
  });
});

test("without any, alerts go nowhere", () => {
  expect(receiversWith({ settings: TELEGRAM })).toEqual({ owner: {}, news: {}, heartbeat: {} });
});

test.each(Object.keys(MAIL))("a mail server without %s is refused", (missing) => {
  const settings = Object.fromEntries(Object.entries({ ...TELEGRAM, ...MAIL }).filter(([key]) => key !== missing));
  expect(() => receiversWith({ settings })).toThrow(/expected all three or none, found \w+ and \w+ alone/);
});
