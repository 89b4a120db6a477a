/**
 * Runs a command until it succeeds. Arguments: tries, seconds before the second one (each further pause is twice as long),
 * seconds that a try may take, then the command.
 */
export const RUN = `set -u
tries=$1 pause=$2 limit=$3; shift 3
try=1
while :; do
  code=0
  timeout --kill-after=10 "$limit" "$@" || code=$?
  [ "$code" -eq 0 ] && exit 0
  if [ "$code" -eq 124 ]; then echo "try $try of $tries took more than $limit s" >&2
  else echo "try $try of $tries failed with exit code $code" >&2; fi
  [ "$try" -lt "$tries" ] || exit "$code"
  echo "the next try is in $pause s" >&2
  sleep "$pause"; pause=$((pause * 2)) try=$((try + 1))
done
`;

/**
 * Notes how a job's run went, in Prometheus' text format, where the host's collector reads it. systemd runs it after each run,
 * however that ended. Arguments: folder of the metrics, job, service.
 */
export const REPORT = `set -eu
folder=$1 job=$2 service=$3
file=$folder/job-$job.prom now=$(date +%s)
old() { sed -n "s/^$1{.*} //p" "$file" 2>/dev/null | tail -n 1; }
began=$(systemctl show --property ExecMainStartTimestamp --value --timestamp=unix "$job.service"); began=\${began#@}
success=$(old job_last_success_timestamp_seconds)
failure=$(old job_last_failure_timestamp_seconds)
if [ "$SERVICE_RESULT" = success ]; then success=$now code=0
else
  failure=$now code=\${EXIT_STATUS:-255}
  case $code in *[!0-9]*) code=255 ;; esac
fi
metric() { [ -z "$2" ] || printf '# TYPE %s gauge\\n%s{name="%s",service="%s"} %s\\n' "$1" "$1" "$job" "$service" "$2"; }
mkdir -p "$folder"
{
  metric job_last_success_timestamp_seconds "$success"
  metric job_last_failure_timestamp_seconds "$failure"
  metric job_last_duration_seconds "$((now - \${began:-$now}))"
  metric job_last_exit_code "$code"
} >"$folder/.job-$job.new"
chmod 0644 "$folder/.job-$job.new"; mv -f "$folder/.job-$job.new" "$file"
`;

/**
 * Tells whoever watches from outside how a job's run went. systemd runs it after each run, however that ended. It always succeeds: what
 * could not be told is in the job's log, and is missed by whoever watches. It takes a minute at most, as systemd waits 90 seconds.
 * Arguments: curl's settings, in a file, as arguments are everybody's to read; job.
 */
export const TELL = `set -u
settings=$1 job=$2
if [ "$SERVICE_RESULT" = success ]; then status=up words=OK
elif [ "$SERVICE_RESULT" = exit-code ]; then status=down words="exit code \${EXIT_STATUS:-unknown}"
else status=down words="$SERVICE_RESULT \${EXIT_STATUS:-}"; fi
said=$(timeout 60 curl --disable --config "$settings" --noproxy '*' --silent --show-error --fail --output /dev/null \
  --max-time 10 --retry 6 --retry-delay 5 --retry-max-time 40 --retry-connrefused \
  --get --data-urlencode "status=$status" --data-urlencode "msg=$words" 2>&1) ||
  echo "whoever watches from outside was not told that $job is $status: $(echo "\${said:-no answer within a minute}" | tail -n 1)" >&2
exit 0
`;
