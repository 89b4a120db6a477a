import { expectMemoryFor } from "../../../../providers/docker/memory";
import { ScriptedHost } from "../scripted-host";

const hostUsing = (said: string): ScriptedHost => new ScriptedHost(() => said);

test.each([
  ["243.6MiB / 1GiB\n", 64, 244],
  ["1.5GiB / 2GiB\n", 1536, 1536],
])("T16: with %j in use a limit of %d MiB is refused, in one sentence", async (said, limit, used) => {
  const host = hostUsing(said);
  await expect(expectMemoryFor(host, "vpai_n8n", limit)).rejects.toThrow(
    `vpai_n8n on this machine: expected a memory limit above the ${used} MiB that it uses now, found ${limit} MiB. It keeps ` +
      "the limit that it had: choose a higher one, or see why the program uses so much.",
  );
  expect(host.commands).toEqual([["docker", "stats", "--no-stream", "--format", "{{.MemUsage}}", "--", "vpai_n8n"]]);
});

test.each([
  ["243.6MiB / 1GiB\n", 245],
  ["412KiB / 23.54GiB\n", 6],
  ["0B / 0B\n", 6],
  ["", 6],
])("T16: with %j in use a limit of %d MiB may be set", async (said, limit) => {
  await expect(expectMemoryFor(hostUsing(said), "vpai_n8n", limit)).resolves.toBeUndefined();
});
