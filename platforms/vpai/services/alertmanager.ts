import type { ServiceContext } from "../../../model/context";
import { SECRETS_FOLDER } from "../../../model/files";
import { UserError } from "../../../model/finding";
import type { Alert } from "../../../model/monitoring";
import { optional, outsideTheLab, type SecretDeclaration } from "../../../model/secret";
import { defineService } from "../../../model/service";
import { matching } from "../../../model/setting";
import type { Stack } from "../../../model/stack";
import { alertmanagerConfig, type Channels, type Mail, MESSAGES, WATCHDOG } from "./alertmanager/config";
import { redacting } from "./alertmanager/redacted";
import { watchdogJob } from "./alertmanager/watchdog";

const PORT = 9093;
const CONFIG = "/etc/alertmanager/alertmanager.yml";
const TEMPLATES = "/etc/alertmanager/messages.tmpl";

const file = (name: string): string => `${SECRETS_FOLDER}/${name}`;

const needed = outsideTheLab("monitoring");

/** The bot that tells of alerts and takes `/budget`; OpenClaw polls its own, and a bot has one listener. */
export const ALERTS_BOT: SecretDeclaration = {
  name: "alertsBotToken",
  description: "Token of the Telegram bot that sends alerts, from @BotFather; another bot than OpenClaw's",
  origin: "supplied",
  needed,
  check: (value) =>
    /^\d+:[\w-]+$/.test(value) ? undefined : "expected a number, a colon, and letters, digits, _ or -",
};

/** Who gets alerts, and whose `/budget` is obeyed. */
export const ALERTS_CHAT: SecretDeclaration = {
  name: "alertsChat",
  description: "Number of the Telegram chat that alerts go to; the bot @userinfobot tells a person's",
  origin: "supplied",
  needed,
  check: (value) => (/^-?\d+$/.test(value) ? undefined : "expected a whole number"),
};

/** Setting that says where Telegram's Bot API is. */
export const TELEGRAM_API = "telegramApi";

const HEARTBEAT: SecretDeclaration = {
  name: "alertsHeartbeatUrl",
  description:
    "URL that is asked every five minutes while alerts can arrive; whoever misses it calls (dead-man's switch)",
  origin: "supplied",
  needed: optional,
  check: (value) => (/^https?:\/\/\S+$/.test(value) ? undefined : "expected an address that begins with https://"),
};

const MAIL_PASSWORD: SecretDeclaration = {
  name: "alertsMailPassword",
  description: "Password of the sender's account at the mail server, for alerts",
  origin: "supplied",
  needed: ({ settings }: Stack) => settings["alertsMailTo"] !== undefined,
};

/** @throws when a part of it is missing */
function mailOf({ settings }: ServiceContext): Mail | undefined {
  const { alertsMailTo: to, alertsMailFrom: from, alertsMailServer: server } = settings as Record<string, string>;
  if (to === undefined && from === undefined && server === undefined) return undefined;
  if (to === undefined || from === undefined || server === undefined)
    throw new UserError(
      "vpai:alertsMailTo, vpai:alertsMailFrom and vpai:alertsMailServer: expected all three or none, found " +
        `${Object.entries({ to, from, server })
          .flatMap(([name, value]) => (value === undefined ? [] : [name]))
          .join(" and ")} alone; add the others to the stack's file`,
    );
  return { to, from, server, passwordFile: file("mail_password") };
}

/** The channels that the stack has what is needed for. */
function channelsOf(context: ServiceContext): Channels {
  const { given, settings } = context;
  const mail = mailOf(context);
  const hasTelegram = [ALERTS_BOT, ALERTS_CHAT].every(({ name }) => given.has(name));
  return {
    ...(hasTelegram
      ? {
          telegram: {
            api: settings[TELEGRAM_API] as string,
            tokenFile: file("telegram_bot_token"),
            chatFile: file("telegram_chat"),
          },
        }
      : {}),
    ...(mail === undefined ? {} : { mail }),
    ...(given.has(HEARTBEAT.name) ? { heartbeatFile: file("heartbeat_url") } : {}),
  };
}

/** Whether alerts can arrive, seen from here; what cannot be seen from here is what the heartbeat is for. */
const ALERTS: readonly Alert[] = [
  {
    name: WATCHDOG,
    expr: "vector(1)",
    after: "0s",
    severity: "info",
    summary: "fires always: its heartbeat says that alerts can arrive",
    runbook: "alerts-do-not-arrive",
  },
  {
    name: "NotificationsFailing",
    expr: "sum by (host, integration) (increase(alertmanager_notifications_failed_total[15m])) > 0",
    after: "0s",
    severity: "warning",
    summary: "alerts could not be sent by {{ $labels.integration }} {{ $value | humanize }} times in 15 minutes",
    runbook: "alerts-do-not-arrive",
  },
];

const ADDRESS = matching("an e-mail address, such as me@example.org", /^[^\s@]+@[^\s@]+\.[^\s@]+$/);

const NAME = "alertmanager";

export default defineService({
  name: NAME,
  group: "monitoring",
  run: {
    image: "docker.io/prom/alertmanager:v0.31.0",
    networks: ["monitoring", "egress"],
    entrypoint: redacting(file("telegram_bot_token"), "/bin/alertmanager"),
    command: [
      `--config.file=${CONFIG}`,
      "--storage.path=/alertmanager",
      `--web.listen-address=:${PORT}`,
      // It is the only one.
      "--cluster.listen-address=",
    ],
  },
  user: { uid: 65534, gid: 65534 },
  port: PORT,
  files: (context) => [
    {
      path: CONFIG,
      content: alertmanagerConfig(channelsOf(context), TEMPLATES),
      validator: "/bin/amtool",
      validate: ["check-config", CONFIG],
    },
    { path: TEMPLATES, content: MESSAGES },
  ],
  secrets: {
    telegram_bot_token: { secret: ALERTS_BOT },
    telegram_chat: { secret: ALERTS_CHAT },
    heartbeat_url: { secret: HEARTBEAT },
    mail_password: { secret: MAIL_PASSWORD },
  },
  data: [{ path: "/alertmanager", backup: { kind: "none", reason: "it holds silences and what was told already" } }],
  settings: {
    [TELEGRAM_API]: matching("an address that begins with http:// or https://", /^https?:\/\/[^\s/]+$/)
      .default("https://api.telegram.org")
      .describe("Server of Telegram's Bot API, for alerts."),
    runbook: matching("an address that begins with https://", /^https:\/\/[^\s#]+$/)
      .default("https://github.com/mobutoo/vpai/blob/main/docs/runbook.md")
      .describe("Where people read docs/runbook.md; alerts link to its sections."),
    alertsMailTo: ADDRESS.exactOptional().describe("Who gets alerts by mail, beside Telegram. Default: nobody."),
    alertsMailFrom: ADDRESS.exactOptional().describe("Sender of these mails, and its login at the server."),
    alertsMailServer: matching("a host and a port, such as smtp.example.org:587", /^[a-z0-9.-]+:\d{1,5}$/)
      .exactOptional()
      .describe("Mail server, host:port; it has to offer TLS."),
  },
  // A reload would do for the program alone: what keeps the bot's token out of its log has read the one of its start.
  onChange: "restart",
  version: { test: ["/bin/alertmanager", "--version"], pattern: "version (\\d+\\.\\d+\\.\\d+)" },
  limits: { memoryMiB: 48, cpus: 0.1 },
  metrics: {},
  alerts: () => ALERTS,
  jobs: [watchdogJob(NAME, PORT)],
  health: { test: ["wget", "-q", "-O", "/dev/null", `http://127.0.0.1:${PORT}/-/ready`], interval: 10 },
});
