import { engineFindings, sshdFindings, sysctlFindings } from "../../../../commands/audit/checks/effective";
import { declared, seen, seenWithout } from "./sample";

/** What `sshd -T` of a hardened host prints, from the checklist of the hosts. */
const SSHD = `permitrootlogin no
pubkeyauthentication yes
passwordauthentication no
kbdinteractiveauthentication no
permitemptypasswords no
hostbasedauthentication no
authorizedkeysfile .ssh/authorized_keys .ssh/authorized_keys2
authorizedkeyscommand none
trustedusercakeys none
maxauthtries 2
logingracetime 30
maxsessions 10
maxstartups 10:30:60
clientaliveinterval 300
clientalivecountmax 3
loglevel VERBOSE
x11forwarding no
allowagentforwarding no
permittunnel no
allowtcpforwarding local
allowstreamlocalforwarding no
gatewayports no
permituserenvironment no
kexalgorithms curve25519-sha256
ciphers aes256-gcm@openssh.com,aes128-gcm@openssh.com
macs hmac-sha2-512-etm@openssh.com`
  .split("\n")
  .map((line) => `sshd\t${line}`);

const sshd = (...changed: string[]) => {
  const names = changed.map((line) => line.split(" ")[0] ?? "");
  const kept = SSHD.filter((line) => !names.some((name) => line.startsWith(`sshd\t${name} `)));
  return seenWithout("sshd", ...kept, ...changed.map((line) => `sshd\t${line}`));
};

const told = (findings: readonly { subject: string; expected: string; found: string }[]) =>
  findings.map(({ subject, expected, found }) => `${subject}: ${expected}, not ${found}`);

describe("sshd", () => {
  test("is as the checklist has it", () => {
    expect(sshdFindings(declared, sshd())).toEqual([]);
  });

  test.each([
    ["trustedusercakeys /etc/ssh/ca.pub", "TrustedUserCAKeys: none, not /etc/ssh/ca.pub"],
    ["authorizedkeyscommand /usr/bin/keys %u", "AuthorizedKeysCommand: none, not /usr/bin/keys %u"],
    [
      "authorizedkeysfile .ssh/authorized_keys /etc/keys",
      "AuthorizedKeysFile: .ssh/authorized_keys .ssh/authorized_keys2, not .ssh/authorized_keys /etc/keys",
    ],
    ["passwordauthentication yes", "PasswordAuthentication: no, not yes"],
    ["permitrootlogin without-password", "PermitRootLogin: no, not without-password"],
    ["maxauthtries 6", "MaxAuthTries: 2, not 6"],
    ["allowtcpforwarding yes", "AllowTcpForwarding: local or no, not yes"],
  ])("%s", (line, found) => {
    expect(told(sshdFindings(declared, sshd(line)))).toEqual([found]);
  });

  test("an algorithm beside those of the checklist", () => {
    const [found] = sshdFindings(declared, sshd("ciphers aes256-gcm@openssh.com,3des-cbc"));
    expect(found).toMatchObject({ subject: "Ciphers", found: "aes256-gcm@openssh.com,3des-cbc" });
  });

  test("root may log in by key where we do so ourselves", () => {
    const asRoot = { ...declared, connection: { ...declared.connection, user: "root" } };
    expect(sshdFindings(asRoot, sshd("permitrootlogin without-password"))).toEqual([]);
    expect(told(sshdFindings(asRoot, sshd("permitrootlogin yes")))).toEqual([
      "PermitRootLogin: no or without-password or prohibit-password, not yes",
    ]);
  });

  test("may have what the platform gives the host itself", () => {
    const own = { ...declared, sshd: { options: { MaxSessions: "20" }, users: ["deploy"] } };
    expect(sshdFindings(own, sshd("maxsessions 20", "allowusers deploy"))).toEqual([]);
    expect(told(sshdFindings(own, sshd("maxsessions 30", "allowusers deploy\nsshd\tallowusers mallory")))).toEqual([
      "MaxSessions: 10 or 20, not 30",
      "AllowUsers: deploy, not deploy, mallory",
    ]);
    expect(told(sshdFindings(own, sshd()))).toEqual(["AllowUsers: deploy, not everybody"]);
  });

  test("that tells nothing is a finding", () => {
    expect(told(sshdFindings(declared, seenWithout("sshd")))).toEqual([
      "sshd: an sshd that tells its settings, not none",
    ]);
  });
});

describe("the kernel", () => {
  const there = seenWithout(
    "sysctl",
    "sysctl\tkernel/kptr_restrict\t0",
    "sysctl\tkernel/yama/ptrace_scope\t3",
    "sysctl\tnet/ipv4/conf/all/rp_filter\t2",
    "sysctl\tnet/ipv4/conf/eth0.5/rp_filter\t0",
    "sysctl\tnet/ipv4/ip_forward\t1",
  );

  test("is compared key by key, and interface by interface", () => {
    expect(told(sysctlFindings(declared, there))).toEqual([
      "net.ipv4.conf.eth0.5.rp_filter: 1 or 2, not 0",
      "kernel.kptr_restrict: 2, not 0",
    ]);
  });

  test("may be what the platform gives the host itself", () => {
    const own = { ...declared, sysctl: { "net.ipv4.conf.*.rp_filter": "0", "kernel.kptr_restrict": "1" } };
    expect(told(sysctlFindings(own, there))).toEqual(["kernel.kptr_restrict: 2 or 1, not 0"]);
  });

  test("is not a container's own", () => {
    expect(sysctlFindings({ ...declared, ownsKernel: false }, there).map(({ subject }) => subject)).toEqual([
      "net.ipv4.conf.eth0.5.rp_filter",
      "kernel/kernel.kptr_restrict",
    ]);
  });
});

describe("Docker's engine", () => {
  /** The file of the sources, with the pools that the project adds. */
  const FILE = {
    "log-driver": "json-file",
    "log-opts": { "max-size": "10m", "max-file": "3" },
    "live-restore": true,
    "userland-proxy": false,
    "no-new-privileges": true,
    "default-address-pools": [
      { base: "172.17.0.0/16", size: 16 },
      { base: "172.29.0.0/16", size: 24 },
    ],
    "registry-mirrors": ["http://10.0.0.5"],
  };

  test("is told what every engine is told, and may be told more", () => {
    expect(engineFindings(declared, seen(`daemon\t${JSON.stringify(FILE)}`))).toEqual([]);
  });

  test.each([
    [{ ...FILE, "userland-proxy": true }, "userland-proxy: false, not true"],
    [{ ...FILE, "no-new-privileges": undefined }, "no-new-privileges: true, not nothing"],
    [
      { ...FILE, "log-opts": { "max-size": "100m" } },
      'log-opts: {"max-size":"10m","max-file":"3"}, not {"max-size":"100m"}',
    ],
  ])("%j", (file, found) => {
    expect(told(engineFindings(declared, seen(`daemon\t${JSON.stringify(file)}`)))).toEqual([found]);
  });

  test("does what it was told before its file was changed", () => {
    const there = seenWithout(
      "engine",
      'engine\t{"driver":"journald","live":false,"pools":null,"root":"/var/lib/docker","security":[]}',
      `daemon\t${JSON.stringify(FILE)}`,
    );
    expect(told(engineFindings(declared, there))).toEqual([
      "log driver in effect: json-file, not journald",
      "live-restore in effect: on, not off",
    ]);
  });

  test("answers over TCP", () => {
    const there = seen(
      `daemon\t${JSON.stringify(FILE)}`,
      'listener\ttcp LISTEN 0 4096 0.0.0.0:2375 0.0.0.0:* users:(("dockerd",pid=3,fd=4))',
      'listener\ttcp LISTEN 0 4096 198.51.100.7:443 0.0.0.0:* users:(("dockerd",pid=3,fd=5))',
    );
    expect(told(engineFindings(declared, there))).toEqual([
      "tcp/0.0.0.0:2375: an API on its socket alone: who reaches it is root, not the API on 0.0.0.0 port 2375",
    ]);
  });

  test("does not answer", () => {
    expect(told(engineFindings(declared, seenWithout("engine")))).toEqual(["docker: an engine that answers, not none"]);
  });

  test("could not be looked at as a whole", () => {
    expect(() => seen("trouble\tdocker container inspect")).toThrow("it failed there: docker container inspect");
  });

  test("has a file that is no JSON", () => {
    expect(told(engineFindings(declared, seen("daemon\t{")))).toEqual(["daemon.json: JSON, not no JSON"]);
  });
});
