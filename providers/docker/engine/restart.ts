import { setTimeout as sleep } from "node:timers/promises";
import type { EngineSettings } from "../../../model/hardening/engine";
import type { Transport } from "../../ssh/transport";
import { NO_ENGINE, notInForce } from "./in-force";

/** Seconds in which an engine that was restarted has to answer. */
const PATIENCE = 90;

/** Seconds in which one that answers has to go by its settings: a reload is done after it was asked for. */
const SETTLE = 10;

/**
 * Has the engine take on its file: by a reload, else by a restart, through which live-restore keeps containers running.
 * @param keys settings that have to be in force then; default: all
 * @throws when it does not answer, or does not go by them, in time
 */
export async function takeOn(
  host: Transport,
  settings: EngineSettings,
  { how, keys }: { how: "reload" | "restart"; keys?: readonly string[] },
): Promise<void> {
  // Its unit allows three starts a minute, whoever asks for them.
  if (how === "restart") await host.run(["systemctl", "reset-failed", "docker.service"]);
  const { code } = await host.run(["systemctl", how, "docker.service"]);
  const found = code === 0 ? await settled(host, settings, keys) : [NO_ENGINE];
  if (found.length === 0) return;
  const said = found.includes(NO_ENGINE) ? "no engine that answers" : `others in force for ${found.join(", ")}`;
  throw new Error(`expected the engine to go by its settings after a ${how}, found ${said}`);
}

/** @returns what is still not in force */
async function settled(host: Transport, settings: EngineSettings, keys?: readonly string[]): Promise<string[]> {
  let answering = 0;
  for (let second = 0; ; second += 1) {
    const all = await notInForce(host, settings);
    const found = all.filter((key) => key === NO_ENGINE || (keys?.includes(key) ?? true));
    answering = found.includes(NO_ENGINE) ? 0 : answering + 1;
    if (found.length === 0 || second >= PATIENCE || answering > SETTLE) return found;
    await sleep(1000);
  }
}
