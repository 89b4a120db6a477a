import { type Parts, partsOf } from "./parts";
import { conditionOf } from "./condition";
import { containerOf, engineOf, networkOf } from "./engine";
import type { Seen, SeenFile, SeenListener, SeenUser } from "./seen";

/** What the lines of a look say. @throws where they are none */
export function readLook(text: string): Seen {
  const part = partsOf(text);
  const trouble = part("trouble");
  if (trouble.length > 0)
    throw new Error(`expected a look at all of the host, found that it failed there: ${trouble.join(", ")}`);
  if (part("user").length === 0) throw new Error("expected a host that tells its users, found none in its answer");
  return {
    users: part("user").map(userOf),
    groups: Object.fromEntries(part("group").map(groupOf)),
    keys: part("key").map((line) => {
      const [user = "", file = "", key = ""] = line.split("\t");
      return { user, file, key };
    }),
    files: part("placed").map((line): SeenFile => {
      const [origin, path = ""] = line.split("\t");
      return { path, origin: origin as SeenFile["origin"] };
    }),
    enabled: new Map(part("enabled").map((line) => line.split("\t") as [string, string])),
    listeners: listenersOf(part),
    addresses: part("address").flatMap((line) => {
      const [, name, address] = /^\d+: (\S+) +inet6? ([0-9a-f.:]+)/.exec(line) ?? [];
      return name === undefined || address === undefined ? [] : [{ address, interface: name }];
    }),
    containers: part("container").map(containerOf),
    networks: part("network").map(networkOf),
    volumes: part("volume"),
    engine: engineOf(part),
    admin: part("admin").map((line) => {
      const [container = "", network = ""] = line.split("\t");
      return { container, network };
    }),
    sshd: sshdOf(part("sshd")),
    sysctl: new Map(part("sysctl").map((line) => line.split("\t") as [string, string])),
    rights: part("file").map((line) => {
      const [mode = "", owner = "", path = ""] = line.split("\t");
      return { mode, owner, path };
    }),
    condition: conditionOf(part),
  };
}

function userOf(line: string): SeenUser {
  const [name = "", , uid = "", , , , shell = ""] = line.split(":");
  return { name, uid: Number(uid), shell };
}

function groupOf(line: string): [string, string[]] {
  const [name = "", , , members = ""] = line.split(":");
  return [name, members.split(",").filter((member) => member !== "")];
}

/** An option that is said several times has its values in lines. */
function sshdOf(lines: readonly string[]): Map<string, string> {
  const options = new Map<string, string>();
  for (const line of lines) {
    const [name = "", ...value] = line.split(" ");
    const before = options.get(name);
    options.set(name, [...(before === undefined ? [] : [before]), value.join(" ")].join("\n"));
  }
  return options;
}

function listenersOf(part: Parts): SeenListener[] {
  const units = new Map(
    part("process").map((line) => {
      const [pid = "", unit = "", unitFile = ""] = line.split("\t");
      return [pid, { unit, unitFile }];
    }),
  );
  return part("listener").map((line) => {
    const [protocol, , , , own = "", , ...who] = line.trim().split(/\s+/);
    const colon = own.lastIndexOf(":");
    const [, program = "", pid = ""] = /"([^"]*)",pid=(\d+)/.exec(who.join(" ")) ?? [];
    return {
      protocol: protocol === "udp" ? "udp" : "tcp",
      address: own
        .slice(0, colon)
        .replace(/%.*$/, "")
        .replace(/^\[(.*)\]$/, "$1"),
      port: Number(own.slice(colon + 1)),
      program,
      ...units.get(pid),
    };
  });
}
