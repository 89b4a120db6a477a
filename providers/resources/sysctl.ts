import { isOwnOfNamespace } from "../../model/hardening/sysctl";
import type { Kind } from "../implementation";
import { resourceOf } from "../resource";
import type { Connection } from "../ssh/connection";
import { type Transport, transportTo } from "../ssh/transport";
import { APPLY, FILE, PERSISTS, READ, RESTORE, SAVE, WRITE } from "../sysctl/scripts";
import { warn } from "../warn";

/** Values that the kernel of a host has, now and after its next boot. */
export interface SysctlInputs {
  connection: Connection;
  /** Values by key, as `sysctl` writes them, in the order in which they are set; `*` stands for every network interface. */
  values: Record<string, string>;
  /** Whether a boot leads to them, too: they stand in our file, and no other one says otherwise. Default in the resource: true. */
  persisted: boolean;
}

/** How long a change may take together with the new login that confirms it: some values decide which packets arrive. */
const SECONDS = 60;

export const sysctlKind: Kind<SysctlInputs> = {
  version: 1,
  identity: [],
  id: () => "sysctl",
  title: ({ connection }) => `kernel settings of ${connection.host}`,
  check: ({ values }) =>
    Object.entries(values).flatMap(([key, value]) =>
      /^[a-z0-9_]+(\.([a-z0-9_]+|\*))+$/.test(key) && /^-?\d+$/.test(value)
        ? []
        : [{ property: "values" as const, reason: `expected a key of sysctl with a number, found ${key} = ${value}` }],
    ),
  guarded: {
    name: "sysctl",
    seconds: SECONDS,
    logins: ({ connection }) => ({ before: connection, after: connection }),
    save: ({ values }) => ({ text: SAVE, args: Object.keys(values).map(patternOf) }),
    restore: () => ({ text: RESTORE }),
  },
  async ensure(inputs) {
    const { connection, values } = inputs;
    const host = transportTo(connection);
    await expectOwnKernel(host, values);
    expectKnown(host, await effective(host, values));
    const aside = (await host.script(WRITE, rulesOf(values), { stdin: fileOf(values) })).trim().split("\n").join("; ");
    if (aside !== "") warn(`${host.name}: files of sysctl said otherwise, and these lines are comments now: ${aside}`);
    await host.script(
      APPLY,
      Object.entries(values).flatMap(([key, value]) => [patternOf(key), value]),
    );
    expectSet(host, values, await effective(host, values));
    return inputs;
  },
  async observe(state) {
    const host = transportTo(state.connection);
    const { values } = state;
    const { code } = await host.run(["sh", "-c", PERSISTS, "vpai", ...rulesOf(values)], { stdin: fileOf(values) });
    return { ...state, values: await effective(host, values), persisted: code === 0 };
  },
  async remove({ connection }) {
    // What is effective stays so until the next boot: nobody knows what the kernel would have had.
    await transportTo(connection).output(["rm", "-f", "--", FILE]);
  },
};

/** Below /proc/sys. */
const patternOf = (key: string): string => key.replaceAll(".", "/");

/** As other files may set it, for one interface or by another pattern. */
const rulesOf = (values: SysctlInputs["values"]): string[] =>
  Object.entries(values).map(([key, value]) => `${key.replaceAll(".", "[.]").replaceAll("*", ".+")}=${value}`);

/** At boot a name wins over a pattern, so what new interfaces take over is named, too. */
const fileOf = (values: SysctlInputs["values"]): string =>
  [
    "# Written by the platform's stack.",
    ...Object.entries(values).flatMap(([key, value]) =>
      (key.includes("*") ? ["all", "default", "*"] : [""]).map((part) => `${key.replace("*", part)} = ${value}`),
    ),
    "",
  ].join("\n");

/** What the kernel has, by key: several values where interfaces differ, none where it does not know the key. */
async function effective(host: Transport, values: SysctlInputs["values"]): Promise<Record<string, string>> {
  const keys = Object.keys(values);
  const lines = (await host.script(READ, keys.map(patternOf), { reads: true })).split("\n");
  return Object.fromEntries(keys.map((key, index) => [key, lines[index] ?? ""]));
}

/** @throws before anything is set, where the kernel is that of another machine, too */
async function expectOwnKernel(host: Transport, values: SysctlInputs["values"]): Promise<void> {
  const foreign = Object.keys(values).filter((key) => !isOwnOfNamespace(key));
  if (foreign.length === 0) return;
  const { code, stdout } = await host.run(["systemd-detect-virt", "--container"]);
  if (code !== 0) return;
  throw new Error(
    `expected a kernel of its own on ${host.name} for ${foreign.join(", ")}, found a container of ${stdout.trim()}. ` +
      "Set `ownsKernel: false` of the host's machine in the stack's file",
  );
}

function expectKnown(host: Transport, found: Record<string, string>): void {
  const unknown = Object.keys(found).filter((key) => found[key] === "");
  if (unknown.length === 0) return;
  throw new Error(
    `expected a kernel on ${host.name} that knows ${unknown.join(", ")}, found one that does not. ` +
      "Load what has it, or leave the key out for this host: `sysctl` of the host in its platform, with `false`",
  );
}

function expectSet(host: Transport, values: Record<string, string>, found: Record<string, string>): void {
  const wrong = Object.keys(values).filter((key) => found[key] !== values[key]);
  if (wrong.length === 0) return;
  const said = wrong.map((key) => `${key} = ${values[key] ?? ""}, found ${found[key] ?? ""}`).join("; expected ");
  throw new Error(
    `${host.name}: expected ${said}. Something on the host sets it again: look for it by \`grep -r\` below /etc`,
  );
}

/** Kernel settings of a host: their effective values, under confirm-or-revert. */
export class Sysctl extends resourceOf(sysctlKind, {
  type: "vpai/host:Sysctl",
  name: "sysctl",
  defaults: { persisted: true },
  outputs: {},
}) {}
