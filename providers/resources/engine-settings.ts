import type { EngineSettings as Settings } from "../../model/hardening/engine";
import {
  BrokenEngineFile,
  differing,
  type EngineFile,
  engineFileText,
  isReloaded,
  mergedEngineFile,
  readEngineFile,
  valuesBefore,
  withoutOurs,
} from "../docker/engine/file";
import { NO_ENGINE, notInForce } from "../docker/engine/in-force";
import { takeOn } from "../docker/engine/restart";
import { hasShutdown, installShutdown, removeShutdown } from "../docker/engine/shutdown";
import { writeFile } from "../host/write-file";
import type { Kind } from "../implementation";
import { resourceOf } from "../resource";
import type { Connection } from "../ssh/connection";
import { expectRoot } from "../ssh/login-rights";
import { type Transport, transportTo } from "../ssh/transport";

/** What Docker's engine on a host is told. */
interface EngineSettingsInputs {
  connection: Connection;
  /** Keys of `daemon.json`; what else the file holds stays. */
  settings: Settings;
  /** `in force`; a refresh notes what differs instead. */
  condition: string;
}

interface EngineSettingsState extends EngineSettingsInputs {
  /** What these keys were before the first change; those that the file did not have are not there. */
  before: EngineFile;
}

const PATH = "/etc/docker/daemon.json";

/** Every setting is in the file, and the engine goes by it. */
const IN_FORCE = "in force";

export const engineSettingsKind: Kind<EngineSettingsInputs, EngineSettingsState> = {
  version: 1,
  identity: [],
  id: ({ connection }) => `${PATH} on ${connection.host}`,
  title: ({ connection }) => `${PATH} on ${connection.host}`,
  async ensure(inputs, known) {
    const host = transportTo(inputs.connection);
    await expectRoot(host);
    const { text, file } = await fileOn(host);
    const state = { ...inputs, before: known?.before ?? valuesBefore(file, inputs.settings) };
    await installShutdown(host);
    const wrong = await notInForce(host, inputs.settings);
    const changed = differing(file, inputs.settings);
    if (changed.length > 0 || wrong.length > 0) await apply(host, inputs.settings, { text, file, changed, wrong });
    return state;
  },
  async observe(state) {
    const host = transportTo(state.connection);
    const [missing, wrong, ends] = await Promise.all([
      missingOn(host, state.settings),
      notInForce(host, state.settings),
      hasShutdown(host),
    ]);
    const found = [
      ...missing.map((key) => `${key} in the file`),
      ...wrong.filter((key) => !missing.includes(key)).map((key) => `${key} in the engine`),
      ...(ends ? [] : ["the end of containers at shutdown"]),
    ];
    return { ...state, condition: found.length === 0 ? IN_FORCE : `differs: ${found.join(", ")}` };
  },
  /** The engine goes on as it is until somebody restarts it. */
  async remove({ connection, settings, before }) {
    const host = transportTo(connection);
    await removeShutdown(host);
    const { text, file } = await fileOn(host);
    if (text.trim() !== "") await write(host, withoutOurs(file, settings, before));
  },
};

async function fileOn(host: Transport): Promise<{ text: string; file: EngineFile }> {
  const script = 'if [ -e "$1" ]; then cat -- "$1"; fi';
  const text = await host.script(script, [PATH], { reads: true });
  return { text, file: readEngineFile(text, `${host.name}: ${PATH}`) };
}

/** Keys of which the file does not hold our value; `JSON` alone where somebody broke it. */
const missingOn = (host: Transport, settings: Settings): Promise<string[]> =>
  fileOn(host).then(
    ({ file }) => differing(file, settings),
    (error: unknown) => {
      if (error instanceof BrokenEngineFile) return ["JSON"];
      throw error;
    },
  );

/** The engine's own check reads the candidate, and touches nothing that runs. */
const write = (host: Transport, file: EngineFile): Promise<unknown> =>
  writeFile(host, {
    path: PATH,
    content: engineFileText(file),
    owner: "0:0",
    mode: "0644",
    validate: ["dockerd", "--validate", "--config-file", "{}"],
  });

interface Change {
  /** What the file held. */
  text: string;
  file: EngineFile;
  /** Keys that it lacked. */
  changed: readonly string[];
  /** Settings that the engine does not go by. */
  wrong: readonly string[];
}

/**
 * Puts the settings into the file and in force. A running engine first takes on live-restore by a reload, which leaves all else for the
 * restart: containers survive only that of an engine that knows of it by then.
 */
async function apply(host: Transport, settings: Settings, { text, file, changed, wrong }: Change): Promise<void> {
  const runs = !wrong.includes(NO_ENGINE);
  await write(host, mergedEngineFile(file, settings));
  if (runs && wrong.includes("live-restore"))
    await orPutBack(host, text, () => takeOn(host, settings, { how: "reload", keys: ["live-restore"] }));
  if (runs && isReloaded([...changed, ...wrong])) return;
  // An engine that is started without live-restore ends the containers that it finds.
  const before = runs ? engineFileText({ ...file, "live-restore": true }) : text;
  await orPutBack(host, before, () => takeOn(host, settings, { how: "restart" }), RESTART);
}

const RESTART = ["systemctl", "restart", "docker.service"];

/** @param then what makes the old file take effect again, where the engine went by another one meanwhile */
async function orPutBack(host: Transport, text: string, work: () => Promise<void>, then?: string[]): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (text === "") await host.output(["rm", "-f", "--", PATH]);
    else await writeFile(host, { path: PATH, content: text, owner: "0:0", mode: "0644" });
    await host.run(["systemctl", "reset-failed", "docker.service"]);
    if (then !== undefined) await host.run(then);
    throw new Error(
      `${host.name}: ${(error as Error).message}. Look at \`journalctl -u docker\` there. ${PATH} was put back to what it was before`,
      { cause: error },
    );
  }
}

/** Docker's `daemon.json` on a host: our keys beside those that are there, validated, and in force. */
export class EngineSettings extends resourceOf(engineSettingsKind, {
  type: "vpai/docker:EngineSettings",
  name: "engineSettings",
  defaults: { condition: IN_FORCE },
  outputs: { before: "plain" },
}) {}
