import { isDeepStrictEqual } from "node:util";
import { z } from "zod";
import { expectForm } from "../../../model/foreign-json";
import type { EngineSettings } from "../../../model/hardening/engine";
import { wholeJson } from "../../../model/whole-json";
import type { CommandRunner } from "../../ssh/transport";

/** What the engine says of itself, as far as its settings are seen in it, and the proxies that it runs. */
const ASK = `docker info --format '{{json .}}'; echo
pgrep --exact --count docker-proxy || :`;

const infoSchema = z.object({
  ServerVersion: z.string().nullish(),
  LoggingDriver: z.string().nullish(),
  LiveRestoreEnabled: z.boolean().nullish(),
  SecurityOptions: z.array(z.string()).nullish(),
  DefaultAddressPools: z.array(z.object({ Base: z.string(), Size: z.number() })).nullish(),
});

type EngineInfo = z.infer<typeof infoSchema>;

/** Settings that the running engine does not go by; `engine` alone when it does not answer. */
export async function notInForce(host: CommandRunner, settings: EngineSettings): Promise<string[]> {
  const { stdout } = await host.run(["sh", "-c", ASK], { reads: true });
  const [first = "", proxies = "0"] = stdout.trim().split(/\n+/);
  const info = infoOf(first);
  return info === undefined ? [NO_ENGINE] : differences(info, Number(proxies), settings);
}

/** Stands for all settings of an engine that does not answer. */
export const NO_ENGINE = "engine";

function infoOf(line: string): EngineInfo | undefined {
  const said = wholeJson(line);
  if (!("json" in said)) return undefined;
  const info = expectForm(infoSchema, said.json, "what `docker info` says of the engine");
  return info.ServerVersion ? info : undefined;
}

/** Docker 29 no longer tells the bases of its pools after a reload, and goes by them all the same: then ours are taken for them. */
const poolsIn = (
  { DefaultAddressPools: told }: EngineInfo,
  settings: EngineSettings,
): { base: string; size: number }[] =>
  (told ?? []).map(({ Base: base, Size: size }, index) => ({
    base: base || (settings["default-address-pools"][index]?.base ?? ""),
    size,
  }));

/** The default of a container's log options is told by nobody: it is in force when the engine read the file that has it. */
function differences(info: EngineInfo, proxies: number, settings: EngineSettings): string[] {
  const pools = poolsIn(info, settings);
  const isConfined = (info.SecurityOptions ?? []).some((option) => /(^|,)name=no-new-privileges(,|$)/.test(option));
  const found: Partial<Record<keyof EngineSettings, boolean>> = {
    "log-driver": info.LoggingDriver === settings["log-driver"],
    "live-restore": info.LiveRestoreEnabled === settings["live-restore"],
    "no-new-privileges": isConfined === settings["no-new-privileges"],
    "userland-proxy": settings["userland-proxy"] || proxies === 0,
    "default-address-pools": isDeepStrictEqual(pools, [...settings["default-address-pools"]]),
  };
  return Object.entries(found).flatMap(([key, isSo]) => (isSo ? [] : [key]));
}
