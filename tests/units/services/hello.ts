import { defineService } from "../../../model/service";

// A lab test puts its own version, address and checksum here.
const VERSION = "1.0.0";
const URL = "http://192.0.2.1/hello-1.0.0";
const SHA256 = "0000000000000000000000000000000000000000000000000000000000000000";

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
    key: {
      secret: { name: "helloKey", description: "A key of the test's program", origin: "random" },
      variable: "KEY_FILE",
    },
  },
  data: [{ path: "/var/lib/hello", backup: { kind: "files" } }],
  limits: { memoryMiB: 64, cpus: 0.5 },
  health: { http: { port: 8090, path: "/health" } },
});
