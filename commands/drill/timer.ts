import path from "node:path";

/** Whose drill a timer begins, and where. */
export interface TimerPlace {
  stack: string;
  /** Absolute path of the checkout. */
  checkout: string;
  /** Home of whoever sets it up: a unit of the system has none, and compilers and caches want one. */
  home: string;
  /** Where programs are looked for. */
  searchPath: string;
  /** Absolute path of the file with the stack's passphrase. */
  passphraseFile?: string;
}

/** Folder of the units: the system's for root, else those of the user's own systemd. */
export const unitFolder = (isRoot: boolean, home: string): string =>
  isRoot ? "/etc/systemd/system" : path.join(home, ".config", "systemd", "user");

/** A text as systemd takes it in quotes. */
const quoted = (text: string): string => `"${text.replaceAll(/["\\]/g, "\\$&").replaceAll("%", "%%")}"`;

/** The units of a weekly drill, by name. A Sunday that was missed is made up for. */
export function timerUnits({ stack, checkout, home, searchPath, passphraseFile }: TimerPlace): Record<string, string> {
  const environment = {
    HOME: home,
    PATH: searchPath,
    ...(passphraseFile === undefined ? {} : { PULUMI_CONFIG_PASSPHRASE_FILE: passphraseFile }),
  };
  const name = `vpai-drill-${stack}`;
  return {
    [`${name}.service`]: `[Unit]
Description=Brings the backups of the stack ${stack} back in a copy

[Service]
Type=oneshot
WorkingDirectory=${checkout.replaceAll("%", "%%")}
${Object.entries(environment)
  .map(([key, value]) => `Environment=${quoted(`${key}=${value}`)}`)
  .join("\n")}
ExecStart=make drill ${quoted(`STACK=${stack}`)}
TimeoutStartSec=6h
`,
    [`${name}.timer`]: `[Unit]
Description=A drill of the stack ${stack} every week

[Timer]
OnCalendar=Sun *-*-* 14:00:00
Persistent=true

[Install]
WantedBy=timers.target
`,
  };
}
