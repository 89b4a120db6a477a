import { stringify } from "yaml";

/** A mail server, and who gets the mails. */
export interface Mail {
  to: string;
  /** Who sends, and logs in at the server. */
  from: string;
  /** `<host>:<port>`; the connection has to become a TLS one. */
  server: string;
  /** File with the password. */
  passwordFile: string;
}

/** Where alerts go to; what is absent is not used. Every credential is a file that the program reads itself. */
export interface Channels {
  telegram?: { api: string; tokenFile: string; chatFile: string };
  mail?: Mail;
  /** File with the URL that is asked again and again while all is well. */
  heartbeatFile?: string;
}

/** The alert that always fires: whoever misses its heartbeat knows that no alert can arrive. */
export const WATCHDOG = "Watchdog";

/** News of a newer image: nothing is wrong, and nothing is ever resolved. */
export const NEWS = "ImageUpdate";

const TEXT = '{{ template "platform.text" . }}';
const SUBJECT = '{{ template "platform.subject" . }}';

/** Alertmanager's configuration: Telegram first, mail second, and a heartbeat for the alert that always fires. */
export function alertmanagerConfig(channels: Channels, templates: string): string {
  const { telegram, mail } = channels;
  return stringify(
    {
      templates: [templates],
      route: {
        receiver: "owner",
        group_by: ["alertname", "host", "service"],
        group_wait: "10s",
        group_interval: "5m",
        repeat_interval: "12h",
        routes: [
          // The heartbeat is sent at the first multiple of group_interval after repeat_interval.
          {
            matchers: [`alertname="${WATCHDOG}"`],
            receiver: "heartbeat",
            ...{ group_wait: "0s", group_interval: "1m", repeat_interval: "4m" },
          },
          { matchers: [`alertname="${NEWS}"`], receiver: "news", group_by: ["alertname"], group_wait: "1m" },
        ],
      },
      inhibit_rules: [
        {
          source_matchers: ['alertname="HostDown"'],
          target_matchers: ['alertname!="HostDown"', 'severity!="info"'],
          equal: ["host"],
        },
      ],
      receivers: [
        { name: "owner", ...telegramTo(telegram, true), ...mailTo(mail, true) },
        { name: "news", ...telegramTo(telegram, false), ...mailTo(mail, false) },
        { name: "heartbeat", ...heartbeatTo(channels) },
      ],
    },
    { lineWidth: 0, aliasDuplicateObjects: false },
  );
}

const telegramTo = (telegram: Channels["telegram"], resolved: boolean): object =>
  telegram === undefined
    ? {}
    : {
        telegram_configs: [
          {
            api_url: telegram.api,
            bot_token_file: telegram.tokenFile,
            chat_id_file: telegram.chatFile,
            message: TEXT,
            // Plain text: what alerts say is no markup.
            parse_mode: "",
            send_resolved: resolved,
          },
        ],
      };

const mailTo = (mail: Mail | undefined, resolved: boolean): object =>
  mail === undefined
    ? {}
    : {
        email_configs: [
          {
            to: mail.to,
            from: mail.from,
            smarthost: mail.server,
            auth_username: mail.from,
            auth_password_file: mail.passwordFile,
            headers: { Subject: SUBJECT },
            text: TEXT,
            html: "",
            send_resolved: resolved,
          },
        ],
      };

const heartbeatTo = ({ heartbeatFile }: Channels): object =>
  heartbeatFile === undefined
    ? {}
    : { webhook_configs: [{ url_file: heartbeatFile, send_resolved: false, max_alerts: 1 }] };

/** What a message says: of each alert the host, the service, the value, and where to read what to do. */
export const MESSAGES = `{{ define "platform.subject" }}{{ if .Alerts.Firing }}{{ .CommonLabels.alertname }} ({{ .CommonLabels.severity }}){{ else }}resolved: {{ .CommonLabels.alertname }}{{ end }}{{ end }}
{{ define "platform.text" }}{{ range .Alerts }}{{ if eq .Status "firing" }}{{ .Labels.severity | toUpper }}{{ else }}RESOLVED{{ end }}: {{ .Labels.alertname }}
{{ .Annotations.summary }}
host: {{ .Annotations.host }}
service: {{ .Annotations.service }}
value: {{ .Annotations.value }}
runbook: {{ .Annotations.runbook }}

{{ end }}{{ end }}`;
