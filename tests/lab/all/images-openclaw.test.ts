import openclaw from "../../../platforms/vpai/services/openclaw";
import { contextWith } from "../../context";
import { eventually } from "../../eventually";
import { docker, hardened, image, inside, minute, mounted, run, runsAs, start, useImages } from "../harness/containers";

/** OpenClaw itself, with the platform's own file and within its own limit: it is what judges that file. */

useImages("openclaw");

const variables = (values: Record<string, string>): string[] =>
  Object.entries(values).flatMap(([name, value]) => ["--env", `${name}=${value}`]);

const SECRETS = {
  OPENCLAW_GATEWAY_TOKEN: "canary-token",
  OPENCLAW_LLM_KEY: "canary-key",
  OPENCLAW_QDRANT_KEY: "canary-vectors",
};

/** Options of a container of the service, with its first file as it is or as `change` makes it. */
function options(change: (content: string) => string = (content) => content): string[] {
  const [file, ...others] = openclaw.files?.(contextWith()) ?? [];
  const environment = openclaw.environment?.(contextWith()) ?? {};
  const state = ["--tmpfs", "/home/node/.openclaw:uid=1000,gid=1000", "--tmpfs", "/tmp"];
  const limit = `${openclaw.limits.memoryMiB}m`;
  return [
    ...[...hardened, "--user", "1000:1000", "--memory", limit, "--memory-swap", limit, ...state],
    ...mounted(file?.path ?? "", change(file?.content as string)),
    ...others.flatMap((one) => mounted(one.path, one.content as string)),
    ...variables({ ...environment, ...SECRETS }),
  ];
}

test(
  "openclaw takes the platform's file, and starts within its limit",
  async () => {
    start("openclaw", image("openclaw"), options());
    const page = (): string => inside("openclaw", "wget", "-qO-", "http://127.0.0.1:18789/");
    await eventually(() => expect(page()).toContain("<title>OpenClaw Control</title>"), 240);
    const logs = docker("logs", `${run}-openclaw`);
    expect(logs).toContain("agent model: litellm/deepseek-v3");
    expect(logs).not.toContain("canary");
    expect(inside("openclaw", "node", "openclaw.mjs", "--version")).toContain("2026.2.22");
    expect(runsAs("openclaw")).toEqual(["1000", "1000"]);
  },
  6 * minute,
);

test(
  "it refuses a key that it does not know, by name",
  async () => {
    const change = (content: string): string => content.replace('"gateway": {', '"gateway": { "bogusKey": 1,');
    start("refused", image("openclaw"), options(change));
    await eventually(() => expect(docker("logs", `${run}-refused`)).toMatch(/bogusKey/), 120);
  },
  3 * minute,
);
