import { fatal, ok, warning, type Check, type Finding } from "./check";
import type { Machine } from "./machine";

/** Kernel features are tried in a network namespace of their own, which goes with the program that tried them. */
const namespace = (machine: Machine): string[] => (machine.isRoot ? ["--net"] : ["--net", "--map-root-user"]);

/** A check that a command succeeds in a network namespace of its own. */
function tried(name: string, command: readonly string[], advice: string): Check {
  return {
    name,
    inspect: async (machine) => {
      const available = await machine.run("unshare", [...namespace(machine), "true"]);
      if (available.code !== 0) return warning("not tried", "only root can try it here");
      const [program = ""] = command;
      if (!machine.find(program)) return warning("not tried", `${program} is not installed yet`);
      const { code, stderr } = await machine.run("unshare", [...namespace(machine), ...command]);
      return code === 0 ? ok("works") : fatal(stderr.trim().split("\n").at(-1) ?? "fails", advice);
    },
  };
}

const moduleAdvice = (module: string): string => `expected the kernel module ${module}: modprobe ${module}`;

export const veth = tried(
  "Kernel: veth",
  ["ip", "link", "add", "probe0", "type", "veth", "peer", "name", "probe1"],
  moduleAdvice("veth"),
);

export const bridge = tried(
  "Kernel: bridge",
  ["ip", "link", "add", "probe0", "type", "bridge"],
  moduleAdvice("bridge"),
);

export const packetFilter = tried(
  "Kernel: packet filter",
  ["iptables", "--table", "nat", "--list-rules"],
  "expected nf_tables or ip_tables with NAT: modprobe nf_tables nft_chain_nat, or update-alternatives --config iptables",
);

export const overlay: Check = {
  name: "Kernel: overlay",
  inspect: async (machine) => {
    const loaded = () => /\boverlay$/m.test(machine.read("/proc/filesystems") ?? "");
    if (!loaded() && machine.isRoot) await machine.run("modprobe", ["overlay"]);
    return loaded() ? ok("works") : fatal("none", moduleAdvice("overlay"));
  },
};

export const tun: Check = {
  name: "Kernel: TUN",
  inspect: (machine) => (machine.exists("/dev/net/tun") ? ok("/dev/net/tun") : fatal("none", moduleAdvice("tun"))),
};

export const cgroups: Check = {
  name: "Kernel: cgroups",
  inspect: (machine): Finding => {
    if (machine.exists("/sys/fs/cgroup/cgroup.controllers")) return ok("v2");
    if (machine.exists("/sys/fs/cgroup/memory")) return ok("v1");
    return fatal("none", "expected cgroups at /sys/fs/cgroup: mount -t cgroup2 none /sys/fs/cgroup");
  },
};
