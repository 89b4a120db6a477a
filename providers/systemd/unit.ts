import type { CommandRunner } from "../ssh/transport";

/** Folder of the units that a host's administrator gives it. */
export const UNITS = "/etc/systemd/system";

/** What systemd says of a unit (org.freedesktop.systemd1). */
export interface UnitFacts {
  /** `loaded`, or what is wrong with its file: `not-found`, `bad-setting`, `error`. */
  loadState: string;
  activeState: string;
  /** Names one run of it. */
  invocation: string;
  /** Restarts since it was last started by somebody. */
  restarts: number;
  /** Why its last run ended: `success`, `exit-code`, `oom-kill`, `timeout`. */
  result: string;
  /** Exit status of its last run. */
  status: number;
  enabled: boolean;
  /** Files that change it beside its own. */
  dropIns: string;
}

const PROPERTIES = [
  ...["LoadState", "ActiveState", "InvocationID", "NRestarts", "Result"],
  ...["ExecMainStatus", "UnitFileState", "DropInPaths"],
];

/** What systemd says of a unit. */
export async function factsOf(host: CommandRunner, unit: string): Promise<UnitFacts> {
  const said = await host.output(["systemctl", "show", "--property", PROPERTIES.join(","), "--", unit], {
    reads: true,
  });
  const values = new Map(
    said.split("\n").map((line): [string, string] => [line.replace(/=.*/, ""), line.replace(/^[^=]*=/, "")]),
  );
  const value = (name: string): string => values.get(name) ?? "";
  return {
    loadState: value("LoadState"),
    activeState: value("ActiveState"),
    invocation: value("InvocationID"),
    restarts: Number(value("NRestarts")),
    result: value("Result"),
    status: Number(value("ExecMainStatus")),
    enabled: value("UnitFileState") === "enabled",
    dropIns: value("DropInPaths"),
  };
}

/** Text of a unit's file; undefined when it has none. */
export async function unitText(host: CommandRunner, unit: string): Promise<string | undefined> {
  const answer = await host.run(["sh", "-c", '[ -e "$1" ] || exit 44; cat -- "$1"', "vpai", `${UNITS}/${unit}`], {
    reads: true,
  });
  if (answer.code === 44) return undefined;
  if (answer.code !== 0) throw new Error(`${host.name}: cannot read ${UNITS}/${unit}: ${answer.stderr.trim()}`);
  return answer.stdout;
}

/** @throws when a unit of that name is there and lacks our marks: it is not taken over */
export function expectOurs(
  host: CommandRunner,
  unit: string,
  text: string | undefined,
  marks: readonly string[],
): void {
  if (text === undefined || isOurs(text, marks)) return;
  throw new Error(
    `${host.name}: expected no unit ${unit} but this stack's, found one without its marks (\`systemctl cat ${unit}\`): ` +
      "rename or remove it, or let the stack replace it (vpai:adopt), then run up again",
  );
}

/** Whether a unit's file has all marks of a stack. */
export const isOurs = (text: string, marks: readonly string[]): boolean =>
  marks.every((mark) => text.split("\n").includes(mark));

/** Files are exchanged whole; what was put beside them by hand goes. Text of the file comes on standard input. */
const WRITE = `set -eu
file=$1/$2; candidate=$1/.$2.candidate
rm -f "$candidate"; cat >"$candidate"; chmod 0644 "$candidate"; sync "$candidate"
if [ -e "$file.d" ]; then rm -rf "$file.d"; fi
if [ -f "$file" ] && [ ! -L "$file" ] && cmp -s "$candidate" "$file"; then rm -f "$candidate"
else rm -f "/run/systemd/system/$2"; mv -fT "$candidate" "$file"; fi`;

/** Writes a unit's file, without having systemd read it. */
export async function writeUnit(host: CommandRunner, unit: string, text: string): Promise<void> {
  await host.output(["sh", "-c", WRITE, "vpai", UNITS, unit], { stdin: text });
}

const REMOVE = `set -eu
folder=$1; shift
for unit; do
  systemctl disable --now --quiet -- "$unit" 2>/dev/null || systemctl stop -- "$unit" 2>/dev/null || true
  rm -rf "$folder/$unit" "$folder/$unit.d" "$folder/.$unit.candidate"
done
systemctl daemon-reload
for unit; do systemctl reset-failed -- "$unit" 2>/dev/null || true; done`;

/** Stops units and takes their files away; succeeds when they are already gone. */
export async function removeUnits(host: CommandRunner, units: readonly string[]): Promise<void> {
  await host.output(["sh", "-c", REMOVE, "vpai", UNITS, ...units]);
}

/** Last log lines of a unit, the newest last. */
export const logOf = (host: CommandRunner, unit: string, lines: number): Promise<string> =>
  host.output(["journalctl", "--unit", unit, "--lines", String(lines), "--output", "cat", "--no-pager", "--quiet"], {
    reads: true,
  });
