import { defineService } from "../../../model/service";

// A lab test puts its own version, address and checksum here.
const VERSION = "1.0.0";
const URL = "http://192.0.2.1/hello-1.0.0";
const SHA256 = "0000000000000000000000000000000000000000000000000000000000000000";

const KEY = { name: "helloKey", description: "A key of the test's program", origin: "random" } as const;

/** Fails while a number in its folder is above zero, and counts that down. */
const TIDY = `set -eu
left=$(cat /var/lib/hello/failures 2>/dev/null || echo 0)
echo "tidy: $left failures left, $(wc -c </run/secrets/key) letters of a secret, user $(id -u)"
[ "$left" -eq 0 ] && exit
echo $((left - 1)) >/var/lib/hello/failures
exit 3
`;

/** A program of a few lines, as a systemd unit with a file, a secret and a folder of its own. */
export default defineService({
  name: "hello",
  group: "units",
  run: {
    program: {
      name: "hello",
      version: VERSION,
      source: { kind: "download", files: { amd64: { url: URL, sha256: SHA256 } } },
    },
    exec: ["/usr/bin/python3", "{hello}/bin/hello", "100% $HOME"],
    publish: [{ port: 8090, hostPort: 8090, protocol: "tcp", access: "host" }],
  },
  user: { uid: 2301, gid: 2301 },
  port: 8090,
  environment: () => ({ SAID: 'a "b" %h' }),
  files: () => [{ path: "/etc/hello/greeting", content: "Hello.\n" }],
  secrets: {
    key: { secret: KEY, variable: "KEY_FILE" },
  },
  data: [{ path: "/var/lib/hello", backup: { kind: "files" } }],
  limits: { memoryMiB: 64, cpus: 0.5 },
  jobs: [
    {
      name: "tidy",
      in: "host",
      purpose: "Fails as often as a file says, and then succeeds",
      schedule: "*-*-* 03:30:00",
      argv: ["/bin/sh", "/etc/tidy/tidy.sh"],
      retries: { count: 2, backoff: 1 },
      timeout: 5,
      overdueAfter: 93_600,
      files: () => [{ path: "/etc/tidy/tidy.sh", content: TIDY }],
      secrets: { key: { secret: KEY } },
      data: [{ path: "/var/lib/hello", directory: "hello", backup: { kind: "files" } }],
      limits: { memoryMiB: 32, cpus: 0.25 },
    },
    {
      name: "census",
      in: "container",
      purpose: "Counts the letters of its secret, as nobody, in a container",
      schedule: "hourly",
      image: "docker.io/library/redis:8.0.2",
      networks: [],
      argv: [
        "/bin/sh",
        "-c",
        'id -u; cat /etc/census/what; wc -c </run/secrets/key; echo "$0" >/var/lib/census/done',
        "done % $HOME",
      ],
      overdueAfter: 7200,
      files: () => [{ path: "/etc/census/what", content: "letters\n" }],
      secrets: { key: { secret: KEY } },
      data: [{ path: "/var/lib/census", directory: "census", backup: { kind: "files" } }],
      limits: { memoryMiB: 32, cpus: 0.25 },
    },
  ],
  health: { http: { port: 8090, path: "/health" } },
});
