/**
 * Runs a program and takes a secret out of every line that it prints. Go's HTTP client quotes the URL of a request that
 * failed, and Telegram's has the bot's token in it (docs/decisions/alerts.md). The shell hands on the signal to stop and the
 * exit code, and ends after the last line.
 */
const SCRIPT = `secret="$(cat "$1" 2>/dev/null || :)"
shift
rm -f /tmp/lines
mkfifo -m 600 /tmp/lines
while IFS= read -r line; do
  while [ -n "$secret" ]; do
    case "$line" in
      *"$secret"*) line="\${line%%"$secret"*}<secret>\${line#*"$secret"}" ;;
      *) break ;;
    esac
  done
  printf "%s\\n" "$line"
done </tmp/lines &
printer=$!
"$@" >/tmp/lines 2>&1 &
program=$!
stopping=
trap 'stopping=yes; kill "$program"' TERM INT
status=0
wait "$program" || status=$?
if [ -n "$stopping" ]; then status=0; wait "$program" || status=$?; fi
wait "$printer" || :
exit "$status"`;

/**
 * An entrypoint that does so; the program's arguments follow. It needs `/bin/sh` and a scratch folder `/tmp`.
 * @param file that holds the secret
 */
export const redacting = (file: string, program: string): string[] => [
  "/bin/sh",
  "-uc",
  SCRIPT,
  "redacting",
  file,
  program,
];
