import { type FileToWrite, writeFile } from "../../host/write-file";
import type { Transport } from "../../ssh/transport";

/**
 * An engine with live-restore leaves its containers running when it ends, at the end of the system, too: systemd would then
 * tell each program to end in its own way, whatever its stop signal is, and wait 90 s for one that does not listen. This ends
 * them as the engine does, once that is gone, so that it takes none of them for one that was stopped by hand.
 */
const PROGRAM = `#!/bin/sh
# Ends containers in order when the whole system ends. Called before the engine ends (note) and after it has (end).
list=/run/vpai-engine-shutdown
[ "$(systemctl is-system-running)" = stopping ] || exit 0
case $1 in
note)
  docker ps --quiet --no-trunc | xargs -r docker inspect --format \\
    '{{.State.Pid}} {{or .Config.StopSignal "SIGTERM"}} {{or .Config.StopTimeout 10}}' > "$list" ;;
end)
  [ -s "$list" ] || exit 0
  while read -r pid signal seconds; do
    kill_late() { timeout "$seconds" tail --pid "$pid" -f /dev/null || kill -s KILL "$pid"; }
    /bin/kill -s "\${signal#SIG}" "$pid" && kill_late &
  done < "$list"
  wait
  rm -f "$list" ;;
esac
`;

const PATH = "/usr/local/lib/vpai-engine-shutdown";

/** A failure of it must not keep the engine from ending. The longest stop time of a container is its own patience. */
const UNIT = `[Service]
ExecStop=-${PATH} note
ExecStopPost=-${PATH} end
TimeoutStopSec=180
`;

const FILES: readonly FileToWrite[] = [
  { path: PATH, content: PROGRAM, owner: "0:0", mode: "0755" },
  { path: "/etc/systemd/system/docker.service.d/60-vpai-shutdown.conf", content: UNIT, owner: "0:0", mode: "0644" },
];

/** Has the host end its containers in order when the system ends. */
export async function installShutdown(host: Transport): Promise<void> {
  for (const file of FILES) await writeFile(host, file);
  await host.output(["systemctl", "daemon-reload"]);
}

/** Whether the host does so: both files are as they were written. */
export async function hasShutdown(host: Transport): Promise<boolean> {
  const found = await Promise.all(FILES.map(({ path }) => host.run(["cat", "--", path], { reads: true })));
  return found.every(({ code, stdout }, index) => code === 0 && stdout === FILES[index]?.content);
}

/** Has it do so no more. */
export async function removeShutdown(host: Transport): Promise<void> {
  await host.output(["rm", "-f", "--", ...FILES.map(({ path }) => path)]);
  await host.output(["systemctl", "daemon-reload"]);
}
