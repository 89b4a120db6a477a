import path from "node:path";

/** What a timer on the operator's computer has done. */
export interface Chore {
  /** Part of its units' names. */
  name: string;
  /** Target of `make`, and what it is told beside the stack. */
  make: readonly string[];
  /** When, as systemd's OnCalendar takes it. */
  schedule: string;
  /** The same in words: `every Sunday at 14:00`. */
  when: string;
  /** What it does with a stack, in words. */
  does: (stack: string) => string;
  /** As systemd takes a duration. */
  timeout: string;
}

/** For which stack, and where. */
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

/** First part of the names of its units. */
export const timerName = ({ name }: Chore, stack: string): string => `vpai-${name}-${stack}`;

/** Its units, by name. A time that was missed is made up for. */
export function timerUnits(chore: Chore, place: TimerPlace): Record<string, string> {
  const { stack, checkout, home, searchPath, passphraseFile } = place;
  const environment = {
    HOME: home,
    PATH: searchPath,
    ...(passphraseFile === undefined ? {} : { PULUMI_CONFIG_PASSPHRASE_FILE: passphraseFile }),
  };
  const name = timerName(chore, stack);
  const [target = "", ...options] = chore.make;
  return {
    [`${name}.service`]: `[Unit]
Description=${chore.does(stack)}

[Service]
Type=oneshot
WorkingDirectory=${checkout.replaceAll("%", "%%")}
${Object.entries(environment)
  .map(([key, value]) => `Environment=${quoted(`${key}=${value}`)}`)
  .join("\n")}
ExecStart=make ${[target, ...[`STACK=${stack}`, ...options].map(quoted)].join(" ")}
TimeoutStartSec=${chore.timeout}
`,
    [`${name}.timer`]: `[Unit]
Description=${chore.does(stack)}, ${chore.when}

[Timer]
OnCalendar=${chore.schedule}
Persistent=true

[Install]
WantedBy=timers.target
`,
  };
}
