import { readNote } from "../docker/read-note";
import type { Kind } from "../implementation";
import { type KeptPlace, readKept } from "../kept-version";
import { resourceOf } from "../resource";
import type { Connection } from "../ssh/connection";
import { type Transport, transportTo } from "../ssh/transport";
import { conditionOfUnit } from "../systemd/condition";
import { digestOf } from "../systemd/installation";
import { type Started, start } from "../systemd/start";
import { expectOurs, factsOf, isOurs, removeUnits, UNITS, unitText } from "../systemd/unit";
import { ensureUser, removeUser } from "../systemd/user";
import { failure, isAnother, keep, put, unitVersionSchema } from "../systemd/versions";
import { becomesHealthy } from "../systemd/watch";

/** A program that a host runs as a systemd unit: its file, the version in use, that it is enabled and runs, and that it is healthy. */
interface SystemdUnitInputs extends Omit<Started, "programs" | "reload">, KeptPlace {
  connection: Connection;
  /** Lines of the unit's file by which it is known as this stack's. */
  marks: string[];
  /** Whether a unit of the same name that is not this stack's may be replaced. Default in the resource: it may not. */
  adopt: boolean;
  /** `uid:gid` that the program runs as; made known to the host where it is not. */
  user: string;
  /** Versions that it runs, each with the digest of its content: its own program first, then what that needs. */
  programs: { folder: string; version: string; digest: string }[];
  /** Whether the program reads changed files by a reload. Default in the resource: it is restarted. */
  reload: boolean;
  /** Looks before giving up. Default in the resource: 20, as of a container. */
  tries: number;
  /** Seconds between two looks. Default in the resource: 10, with quicker looks at first. */
  interval: number;
  /** Seconds that a version which takes another one's place has to stay healthy. Default in the resource: 15. */
  settle: number;
  /** That it starts with the host. */
  enabled: true;
  /** Files that change the unit beside its own: none. */
  dropIns: "";
  condition: "healthy";
}

/** The same as it was seen. */
interface SystemdUnitState extends Omit<SystemdUnitInputs, "enabled" | "dropIns" | "condition"> {
  enabled: boolean;
  dropIns: string;
  condition: string;
}

const systemdUnitKind: Kind<SystemdUnitInputs, SystemdUnitState> = {
  version: 1,
  identity: ["unit"],
  // What it found foreign once is ours from then on.
  transient: ["adopt"],
  title: ({ unit, connection }) => `unit ${unit} on ${connection.host}`,
  async ensure(inputs) {
    const host = transportTo(inputs.connection);
    if (!inputs.adopt) expectOurs(host, inputs.unit, await unitText(host, inputs.unit), inputs.marks);
    const healthy = await readKept(unitVersionSchema, host, inputs);
    const previous = healthy !== undefined && isAnother(healthy, inputs) ? healthy : undefined;
    await ensureUser(host, inputs.user, nameOf(inputs));
    await put(host, inputs);
    const settle = previous === undefined ? 0 : inputs.settle;
    const found =
      (await start(host, inputs)) ?? (await becomesHealthy(host, inputs.unit, inputs.health, { ...inputs, settle }));
    if (found !== undefined) throw await failure(host, inputs, found, previous);
    await keep(host, inputs);
    return inputs;
  },
  async observe(state) {
    const host = transportTo(state.connection);
    const content = await unitText(host, state.unit);
    if (content === undefined) return undefined;
    const { enabled, dropIns } = await factsOf(host, state.unit);
    const condition = await conditionOfUnit(host, state.unit, state.health);
    return { ...state, content, enabled, dropIns, condition, programs: await inUse(host, state) };
  },
  async remove(state) {
    const host = transportTo(state.connection);
    const text = await unitText(host, state.unit);
    if (text === undefined || isOurs(text, state.marks)) await removeUnits(host, [state.unit]);
    await removeUser(host, state.user, UNITS);
    const { lastHealthy } = state;
    await host.output(["rm", "-rf", "--", lastHealthy, `${lastHealthy}.new`, readNote(lastHealthy)]);
  },
};

const nameOf = ({ unit }: Pick<SystemdUnitInputs, "unit">): string => unit.replace(/\.service$/, "");

/** The versions as they are there: which one the link of its own program leads to, and what each of them holds. */
async function inUse(host: Transport, { programs }: SystemdUnitState): Promise<SystemdUnitState["programs"]> {
  return Promise.all(
    programs.map(async ({ folder, version: wanted }, index) => {
      const linked = index > 0 ? wanted : (await host.run(["readlink", `${folder}/current`])).stdout.trim();
      return {
        folder,
        version: linked,
        digest: (await digestOf(host, { folder, version: linked || wanted })) ?? "gone",
      };
    }),
  );
}

/** A systemd unit, which runs and is healthy; otherwise its creation fails with the last 30 log lines, and the version before serves. */
export class SystemdUnit extends resourceOf(systemdUnitKind, {
  type: "vpai/host:SystemdUnit",
  name: "systemdUnit",
  defaults: {
    adopt: false,
    reload: false,
    tries: 20,
    interval: 10,
    settle: 15,
    enabled: true,
    dropIns: "",
    condition: "healthy",
  },
  outputs: {},
}) {}
