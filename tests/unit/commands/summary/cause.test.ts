import { causeOf } from "../../../../commands/summary/cause";

test.each([
  [
    "a hook's words",
    'error: before hook "look at sese-ai" failed: root@10.0.0.1: expected 256 MiB, found 3 MiB.',
    "root@10.0.0.1: expected 256 MiB, found 3 MiB.",
  ],
  ["colours", "<{%fg 1%}>error: <{%reset%}>no \u001B[31mluck\u001B[0m<{%reset%}>", "no luck"],
  [
    "a stack trace",
    "Error: no luck\n    at Object.<anonymous> (/a/b.ts:12:3)\n    at process.processTicks (node:internal/process/task_queues:95:5)",
    "no luck",
  ],
  ["a provider's list of one", "1 error occurred:\n\t* no luck\n\n", "no luck"],
  [
    "a raw command line",
    'error during connect: Get "http://docker.example.com/v1.47/containers/json": command [ssh -F none -o StrictHostKeyChecking=yes -l root -T -- 10.0.0.1 docker system dial-stdio] ' +
      "has exited with exit status 255, please make sure the URL is valid, and Docker 18.09 or later is installed on the remote host: stderr=Connection reset by 10.0.0.1 port 22\n",
    "root@10.0.0.1: the connection was ended before the login: too many logins are under way there (MaxStartups in its sshd_config), " +
      "it bans this address for a while (fail2ban, PerSourcePenalties), or sshd is starting. Look at `journalctl -u ssh` there, end what floods it, or raise MaxStartups.",
  ],
  [
    "a container that is in the way, by the words of its own error",
    "outpost_post-19 could not be removed for its replacement: root@10.0.0.1: no luck; run up again",
    "root@10.0.0.1: no luck",
  ],
  [
    "what the engine calls an error that nobody handled",
    "an unhandled error occurred: Program exited with non-zero exit code: 1",
    "Program exited with non-zero exit code: 1",
  ],
  [
    "findings that are indented stay as they are",
    "The platform has 1 problem:\n\n  sese-ai/redis\n    expected: a tag\n",
    "The platform has 1 problem:\n\n  sese-ai/redis\n    expected: a tag",
  ],
])("T7: %s", (_title, message, cause) => {
  expect(causeOf(message)).toBe(cause);
});
