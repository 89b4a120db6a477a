import type { LabHost } from "./host";

/** What a job in a container had of its memory, in MiB. */
export interface JobMemory {
  /** What it may have. */
  limit: number;
  /** The kernel's high-water mark, which counts what the kernel keeps of files, and takes back where that is wanted. */
  peak: number;
  /** The most that nobody could have taken back: what the program itself had. */
  held: number;
}

/**
 * Looks at a container's control group, of version 1 or 2, until it is gone with the container. Prints bytes: limit, high-water mark, and the
 * most of what the program held. Arguments: container, seconds in which it comes.
 */
const WATCH = `set -u
name=$1 end=$(($(date +%s) + $2)) folder=
while [ -z "$folder" ]; do
  [ "$(date +%s)" -lt "$end" ] || { echo "expected the container $name within $2 s, found none" >&2; exit 1; }
  pid=$(docker inspect --format '{{.State.Pid}}' "$name" 2>/dev/null) || pid=0
  [ "\${pid:-0}" -gt 0 ] || { sleep 0.05; continue; }
  one=$(sed -n 's/^[0-9]*:memory://p' "/proc/$pid/cgroup" 2>/dev/null)
  two=$(sed -n 's/^0:://p' "/proc/$pid/cgroup" 2>/dev/null)
  if [ -n "$one" ] && [ -r "/sys/fs/cgroup/memory$one/memory.stat" ]; then
    folder=/sys/fs/cgroup/memory$one limit=memory.limit_in_bytes peak=memory.max_usage_in_bytes held=rss
  elif [ -n "$two" ] && [ -r "/sys/fs/cgroup$two/memory.peak" ]; then
    folder=/sys/fs/cgroup$two limit=memory.max peak=memory.peak held=anon
  else sleep 0.05; fi
done
limit=$(cat "$folder/$limit") mark=0 most=0
while now=$(cat "$folder/$peak" 2>/dev/null) && own=$(sed -n "s/^$held //p" "$folder/memory.stat" 2>/dev/null); do
  mark=$now
  [ "\${own:-0}" -le "$most" ] || most=$own
  sleep 0.02
done
echo "$limit $mark $most"`;

/** Seconds in which a job's container comes. */
const PATIENCE = 120;

/** Has a job run, and looks at its container's memory meanwhile. @param job what runs it, to its end */
export async function memoryDuring<Said>(
  host: LabHost,
  container: string,
  job: () => Promise<Said>,
): Promise<{ said: Said; memory: JobMemory }> {
  const watched = host.output(["sh", "-c", WATCH, "watch", container, String(PATIENCE)], { timeout: 900 });
  const [printed, said] = await Promise.all([watched, job()]);
  const [limit = 0, peak = 0, held = 0] = printed.split(" ").map((bytes) => Math.ceil(Number(bytes) / 1024 ** 2));
  return { said, memory: { limit, peak, held } };
}
