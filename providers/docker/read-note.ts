/** Where the host notes which files a program has read: beside its last healthy version. */
export const readNote = (lastHealthy: string): string => `${lastHealthy}.read`;

/** Exit code of {@link LOOK} when a file is not what it has to be; it prints their paths. */
export const WRONG = 45;

/**
 * One line: the start of the container that has read the files, and a digest of them. That covers when and where they were
 * written, too: a file that was put back may have been read while it was another one. The files' own digests come on
 * standard input and stay on the host, where root alone can read the note.
 */
const DIGEST = `set -eu; umask 077; export LC_ALL=C
given=$(cat)
files() { printf '%s\\n' "$given" | cut -c67-; }
digest() { { printf '%s\\n' "$given"; files | xargs -rd '\\n' stat -c '%i %y' --; } | sha256sum | cut -d' ' -f1; }
keep() { mkdir -p "$(dirname "$note")"; echo "$1" >"$note.new"; sync "$note.new"; mv -fT "$note.new" "$note"; }
note=$1 start="$2 $3"`;

/** Notes what a container has read that started at that moment. Arguments: note, its id, moment. */
export const NOTE = `${DIGEST}
keep "$start $(digest)"`;

/**
 * Prints whether a container has \`read\` its files; \`unread\` when not, \`lost\` when it has another folder than the host has
 * now. Arguments: note, id, moment of its start, process id, and each folder with its place in the container.
 *
 * Of a start that nobody has noted (a fresh container, one that Docker or a person has started, an older program's), the age
 * of its files tells. The clock may have been set back meanwhile: the process's age in this clock counts then.
 */
export const LOOK = `${DIGEST}
started=$3 pid=$4; shift 4
if [ -n "$given" ] && ! wrong=$(printf '%s\\n' "$given" | sha256sum --check --quiet 2>/dev/null); then
  printf '%s\\n' "$wrong" | sed -n 's/: FAILED.*//p' | paste -sd ' '; exit ${WRONG}
fi
now="$start $(digest)" noted=$(cat "$note" 2>/dev/null || true)
began() {
  now=$(date +%s.%N); read -r up _ </proc/uptime
  ticks=$(sed 's/.*) //' "/proc/$pid/stat" | cut -d' ' -f20)
  awk -v now="$now" -v up="$up" -v ticks="$ticks" -v hertz="$(getconf CLK_TCK)" -v said="$(date -d "$started" +%s.%N)" \\
    'BEGIN { began = now - up + ticks / hertz; printf "%.6f", began < said - 2 ? began : said }'
}
since=$(began)
for folder; do
  if [ -z "\${source-}" ]; then source=$folder; continue; fi
  if [ -n "$folder" ] && ! [ "$source" -ef "/proc/$pid/root$folder" ]; then echo lost; exit; fi
  set -- "$@" "$source"; shift; shift; source=
done
case $noted in
  "$now") echo read; exit;;
  "$start "*) echo unread; exit;;
esac
newer=$(find "$@" -type f -newermt "@$since" -print -quit 2>/dev/null || true)
if [ -n "$newer" ]; then echo unread; else keep "$now"; echo read; fi`;
