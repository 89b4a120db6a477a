import type { Transport } from "@vpai/providers";
import { METRICS_FOLDER } from "../../model/monitoring";
import { type DrilledHost, isGood } from "./report";

/** Seconds after which a drill is overdue: a week, and a day for a computer that was off. */
const OVERDUE_AFTER = 8 * 86_400;

/** Of a drill that came to no result for a host. */
export interface Outcome {
  /** Undefined: the drill ended before it knew anything of the host. */
  host: DrilledHost | undefined;
  seconds: number;
}

const gauge = (name: string, ...samples: string[]): string[] =>
  samples.length === 0 ? [] : [`# TYPE ${name} gauge`, ...samples.map((sample) => `${name}${sample}`)];

/** Figures of a host's drill, as its collector reads them; the moment of the last success is the script's to write. */
export function figuresOf({ host, seconds }: Outcome): string {
  const services = host?.services ?? [];
  const of = (name: string, value: number | undefined): string[] =>
    value === undefined ? [] : [`{service="${name}"} ${Math.round(value)}`];
  return [
    ...gauge("drill_last_exit_code", ` ${host !== undefined && isGood(host) ? 0 : 1}`),
    ...gauge("drill_duration_seconds", ` ${Math.round(seconds)}`),
    ...gauge("drill_overdue_after_seconds", ` ${OVERDUE_AFTER}`),
    ...gauge("drill_rto_seconds", ...services.flatMap(({ name, rtoSeconds }) => of(name, rtoSeconds))),
    ...gauge("drill_rpo_seconds", ...services.flatMap(({ name, rpoSeconds }) => of(name, rpoSeconds))),
    ...(host === undefined ? [] : gauge("drill_packets_out", ` ${host.isolation.packets.past}`)),
    "",
  ].join("\n");
}

/** Puts standard input into the place of the drill's figures, with the moment of the last success: now, or the one that was there. */
const WRITE = `set -eu
file=$1/drill.prom name=drill_last_success_timestamp_seconds
[ -d "$1" ] || exit 0
last=$(if [ "$2" = good ]; then date +%s; else sed -n "s/^$name //p" "$file" 2>/dev/null || :; fi)
{ cat; [ -z "$last" ] || printf '# TYPE %s gauge\\n%s %s\\n' "$name" "$name" "$last"; } > "$1/.drill.new"
chmod 0644 "$1/.drill.new"
mv -f "$1/.drill.new" "$file"`;

/** Leaves the figures where the drilled stack's own collector reads those of jobs. @param folder of the platform on the host */
export async function tellFigures(host: Transport, folder: string, outcome: Outcome): Promise<void> {
  const good = outcome.host !== undefined && isGood(outcome.host) ? "good" : "bad";
  await host.script(WRITE, [`${folder}/${METRICS_FOLDER}`, good], { stdin: figuresOf(outcome) });
}
