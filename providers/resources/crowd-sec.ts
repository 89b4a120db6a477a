import { bouncerFile, filesOf } from "../crowdsec/files";
import {
  BANS_DIFFERENCES,
  FOLDERS,
  FOREIGN,
  IN_FORCE,
  PUT_BOUNCER,
  PUT_FILES,
  PUT_ITEMS,
  PUT_LOGIN,
  REMOVE_ALL,
  START_BOUNCER,
  START_ENGINE,
} from "../crowdsec/scripts";
import { type CrowdSecSettings, neverOf } from "../crowdsec/settings";
import { operatorsOf } from "../firewall/operators";
import { fileArguments, fileDifferences } from "../host/system-files";
import type { Kind } from "../implementation";
import { resourceOf } from "../resource";
import type { Connection } from "../ssh/connection";
import { expectRoot } from "../ssh/login-rights";
import { type Transport, transportTo } from "../ssh/transport";
import { addPackages, missingPackages } from "../system/packages";

/** Who guesses passwords, or looks for holes in sites, reaches nothing of the host any more. */
interface CrowdSecInputs extends CrowdSecSettings {
  connection: Connection;
  /** Addresses and networks that are never banned, beside the VPN's and those that the program itself logs in from. */
  ignored: string[];
  /** Seconds for which another process may hold the lock of apt and dpkg. Default in the resource: 300. */
  patience: number;
  /** How the host differs from that, in words: not at all. */
  differences: string[];
}

/** The same as it was put there. */
interface CrowdSecState extends CrowdSecInputs {
  /** Addresses that the program has logged in from; the last ten. */
  operators: string[];
}

/** The distribution's, one after the other: the second one's installation would make a key that we do not know. */
const PACKAGES = ["crowdsec", "crowdsec-firewall-bouncer"] as const;

const crowdSecKind: Kind<CrowdSecInputs, CrowdSecState> = {
  version: 1,
  identity: [],
  id: ({ connection }) => `CrowdSec of ${connection.host}`,
  title: ({ connection }) => `CrowdSec on ${connection.host}`,
  transient: ["patience"],
  async ensure(inputs, before) {
    const host = transportTo(inputs.connection);
    await expectRoot(host);
    await expectNoOther(host);
    const operators = await operatorsOf(host, before?.operators);
    const never = neverOf([...inputs.ignored, ...operators]);
    // Before the packages, which would talk to the central API and take Headscale's port as soon as they are there.
    await host.script(PUT_FILES, fileArguments(filesOf(inputs, never)));
    await host.script(FOLDERS, inputs.accessLogs);
    await install(host, PACKAGES[0], inputs.patience);
    await host.script(PUT_ITEMS, []);
    await host.script(PUT_LOGIN, []);
    await host.script(START_ENGINE, []);
    await host.script(PUT_BOUNCER, [], { stdin: bouncerFile.content });
    await install(host, PACKAGES[1], inputs.patience);
    await host.script(START_BOUNCER, never);
    const found = await differencesOf(host, inputs, never);
    if (found.length > 0) throw new Error(`${host.name}: expected CrowdSec in force, found ${found.join("; ")}`);
    return { ...inputs, operators, differences: [] };
  },
  async observe(state) {
    const host = transportTo(state.connection);
    return { ...state, differences: await differencesOf(host, state, neverOf([...state.ignored, ...state.operators])) };
  },
  /** Packages stay, as others may need them by now, and with them what keeps the engine off its own port and the central API. */
  async remove(state) {
    const files = filesOf(state, []).map(({ path }) => path);
    await transportTo(state.connection).script(
      REMOVE_ALL,
      files.filter((path) => !path.startsWith("/etc/crowdsec/") || path.includes("vpai-never")),
    );
  },
};

async function install(host: Transport, name: string, patience: number): Promise<void> {
  const missing = await missingPackages(host, [{ names: [name] }]);
  if (missing.length > 0) await addPackages(host, missing, patience);
}

/** @throws where CrowdSec's own package of the bouncer is there, which reads the same file and does other things with it */
async function expectNoOther(host: Transport): Promise<void> {
  const found = (await host.script(FOREIGN, [], { reads: true })).trim();
  if (found !== "")
    throw new Error(
      `${host.name}: expected the distribution's crowdsec-firewall-bouncer or none, found ${found.split("\n").join(", ")}: ` +
        `take it away (\`apt-get purge ${found.split("\n").join(" ")}\`), then run up again. Nothing was changed`,
    );
}

/** How a host differs, a line each. */
async function differencesOf(host: Transport, settings: CrowdSecSettings, never: readonly string[]): Promise<string[]> {
  const files = await fileDifferences(host, [...filesOf(settings, never), bouncerFile], withoutKeys);
  const said = [
    await host.script(IN_FORCE, [], { reads: true }),
    await host.script(BANS_DIFFERENCES, [], { reads: true }),
  ].flatMap((text) => text.split("\n"));
  return [...files, ...said.filter((line) => line !== "")];
}

/** Without the line of a key. */
const withoutKeys = (path: string): string[] => ["sed", "/^api_key: /d", "--", path];

/** CrowdSec with its bouncer: who is banned reaches neither the host nor its containers (docs/decisions/crowdsec.md). */
export class CrowdSec extends resourceOf(crowdSecKind, {
  type: "vpai/host:CrowdSec",
  name: "crowdSec",
  defaults: { ignored: [], banTime: "4h", patience: 300, differences: [] },
  outputs: { operators: "plain" },
}) {}
