import { optionsOf, usersOf } from "../../../../../components/hosts/layers/sshd";
import { sysctlOf } from "../../../../../components/hosts/layers/sysctl";

/** Typed in from the checklist. */
const SSHD = {
  PermitRootLogin: "no",
  PasswordAuthentication: "no",
  KbdInteractiveAuthentication: "no",
  PermitEmptyPasswords: "no",
  AuthorizedKeysFile: ".ssh/authorized_keys .ssh/authorized_keys2",
  AuthorizedKeysCommand: "none",
  TrustedUserCAKeys: "none",
  MaxAuthTries: "2",
  LoginGraceTime: "30",
  MaxSessions: "10",
  MaxStartups: "10:30:60",
  ClientAliveInterval: "300",
  ClientAliveCountMax: "3",
  LogLevel: "VERBOSE",
  X11Forwarding: "no",
  AllowAgentForwarding: "no",
  PermitTunnel: "no",
  AllowTcpForwarding: "local",
  AllowStreamLocalForwarding: "no",
};

const KERNEL = {
  "kernel.kptr_restrict": "2",
  "kernel.yama.ptrace_scope": "1",
  "kernel.randomize_va_space": "2",
  "kernel.sysrq": "0",
  "fs.suid_dumpable": "0",
  "fs.protected_hardlinks": "1",
  "fs.protected_symlinks": "1",
  "fs.protected_regular": "2",
  "fs.protected_fifos": "2",
};

const NETWORK = {
  "net.ipv4.ip_forward": "1",
  "net.ipv4.tcp_syncookies": "1",
  "net.ipv4.conf.*.rp_filter": "1",
  "net.ipv4.conf.*.accept_redirects": "0",
  "net.ipv4.conf.*.secure_redirects": "0",
  "net.ipv4.conf.*.send_redirects": "0",
  "net.ipv4.conf.*.accept_source_route": "0",
  "net.ipv4.conf.*.log_martians": "1",
  "net.ipv6.conf.*.accept_redirects": "0",
  "net.ipv6.conf.*.accept_source_route": "0",
};

test("sshd has the checklist's values; root comes in by key, where we are root", () => {
  expect(optionsOf("mobuone", {})).toMatchObject(SSHD);
  expect(optionsOf("root", {})).toMatchObject({ ...SSHD, PermitRootLogin: "without-password" });
});

test("a host's own values and users come on top", () => {
  const description = { sshd: { users: ["zoe", "anna"], options: { MaxSessions: "20" } } };
  expect(optionsOf("mobuone", description)).toMatchObject({ ...SSHD, MaxSessions: "20" });
  expect(usersOf(["mobuone"], description)).toEqual(["anna", "mobuone", "zoe"]);
  expect(usersOf(["mobuone", "mobuone"], {})).toEqual(["mobuone"]);
});

test("the kernel has the checklist's values, and one that is not the machine's own those of its network alone", () => {
  expect(sysctlOf({}, true)).toEqual({ ...NETWORK, ...KERNEL });
  expect(sysctlOf({}, false)).toEqual(NETWORK);
});

test("a host may have another value, and leave a key out", () => {
  const sysctl = { "net.ipv4.conf.*.rp_filter": "2", "kernel.sysrq": false } as const;
  const values = sysctlOf({ sysctl }, true);
  expect(values).not.toHaveProperty(["kernel.sysrq"]);
  expect({ ...values, "kernel.sysrq": "0" }).toEqual({ ...NETWORK, ...KERNEL, "net.ipv4.conf.*.rp_filter": "2" });
});
