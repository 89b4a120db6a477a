import { implement } from "../../providers/implementation";
import { ENGINE_SETTINGS } from "../../model/hardening/engine";
import { engineSettingsKind } from "../../providers/resources/engine-settings";
import { hostOperatorKind } from "../../providers/resources/host-operator";
import { hostPackagesKind } from "../../providers/resources/host-packages";
import { hostSystemKind } from "../../providers/resources/host-system";
import { rebootReasons } from "../../providers/host/reboot";
import { Transport, transportTo } from "../../providers/ssh/transport";
import { eventually } from "../eventually";
import { BareHost } from "./harness/bare-host";
import { type Properties, Tried } from "./harness/tried";

/** The system of a host and its operator's account: from root on port 22 to an account on a port of its own. */

const host = BareHost.use("system");
const system = new Tried(implement(hostSystemKind));
const operator = new Tried(implement(hostOperatorKind));

const SYSTEM = {
  hostname: "named-anew",
  timeZone: "Europe/Paris",
  journalMiB: 77,
  upgrades: "security" as const,
  kernelOptions: ["cgroup_enable=memory", "cgroup_memory=1"],
};

const systemInputs = () => ({ connection: host().connection, ...SYSTEM });

const operatorInputs = (more: object = {}) => ({
  connection: host().connection,
  user: "mobuone",
  home: "/home/mobuone",
  groups: ["sudo", "docker"],
  keys: [host().publicKey],
  otherKeys: "keep" as const,
  sudoers: "/etc/sudoers.d/60-vpai-operator",
  becomesRoot: "without a password",
  ...more,
});

/** As the account, on the port that a second sshd listens on. */
const later = () => ({ ...host().connection, user: "mobuone", port: 2222 });

/** Logins that the machine's servers have accepted. */
const logins = (): number =>
  Number(host().sh("journalctl --no-pager --output cat --grep '^Accepted publickey ' --quiet | wc -l"));

beforeAll(() => {
  host().ownSystem();
  host()
    .sh(`mkdir -p /boot/firmware; echo 'console=tty1 root=LABEL=x rootwait cgroup_memory=1' > /boot/firmware/cmdline.txt
    sed 's/^#\\?Port .*//; $ a Port 2222' /etc/ssh/sshd_config > /etc/ssh/second
    systemd-run --quiet --unit second-sshd /usr/sbin/sshd -D -f /etc/ssh/second`);
}, 60_000);

test("name, zone, journal, upgrades and kernel options are made what they should be", async () => {
  const outs = await system.create(systemInputs());
  expect(host().sh("hostname; cat /etc/hostname; getent hosts named-anew | tr -s ' '")).toMatch(
    /^named-anew\nnamed-anew\n\S+ named-anew/,
  );
  expect(host().sh("date +%Z; readlink /etc/localtime")).toMatch(/^CES?T\n.*\/Europe\/Paris$/);
  expect(host().sh("cat /boot/firmware/cmdline.txt; cat /boot/firmware/cmdline.txt.before-vpai")).toBe(
    "console=tty1 root=LABEL=x rootwait cgroup_memory=1 cgroup_enable=memory\nconsole=tty1 root=LABEL=x rootwait cgroup_memory=1",
  );
  expect(host().sh("systemctl is-active apt-daily.timer apt-daily-upgrade.timer")).toBe("active\nactive");
  expect(host().sh("apt-config dump | grep -E '^(APT::Periodic|Unattended-Upgrade)::' | sort")).toMatch(
    /APT::Periodic::Unattended-Upgrade "1";[^]*Automatic-Reboot "false";/,
  );
  // What the program itself takes from that: security alone.
  expect(host().sh("unattended-upgrade --dry-run --debug 2>&1 | grep -i 'allowed origins are'")).toMatch(
    /origin=Debian,codename=trixie-security,label=Debian-Security, origin=Ubuntu,archive=trixie-security$/,
  );
  expect(host().sh("systemd-analyze cat-config systemd/journald.conf | grep ^SystemMaxUse")).toBe("SystemMaxUse=77M");
  expect(await system.read(outs)).toMatchObject(SYSTEM);
}, 120_000);

test("each of them is seen when it is changed by hand, and put right alone", async () => {
  const outs = await system.create(systemInputs());
  host().sh(`hostnamectl hostname other; ln -sfn /usr/share/zoneinfo/Etc/UTC /etc/localtime
    printf '[Journal]\\nSystemMaxUse=1G\\n' > /etc/systemd/journald.conf.d/90-other.conf
    systemctl disable --now apt-daily-upgrade.timer
    echo 'rootwait' > /boot/firmware/cmdline.txt`);
  const props = (await system.read(outs)) ?? {};
  expect(props).toMatchObject({
    hostname: "other",
    timeZone: "Etc/UTC",
    journalMiB: 1024,
    upgrades: "apt-daily-upgrade.timer is off",
    kernelOptions: [],
  });
  await expect(system.update(props, systemInputs())).rejects.toThrow(
    /expected journalMiB 77 once it was set, found 1024: something else on the host sets it, too/,
  );
  host().sh("rm /etc/systemd/journald.conf.d/90-other.conf");
  const again = await system.update(props, systemInputs());
  expect(await system.read(again)).toMatchObject(SYSTEM);
}, 120_000);

test("swap is made up to what is wanted, from the disk's free space and for the next boot, too", async () => {
  // The kernel is the machine's own, and so is the swap that others have of it.
  const others = Number(host().sh("awk 'NR > 1 { kib += $3 + 4 } END { print int(kib / 1024) }' /proc/swaps"));
  const wanted = { connection: host().connection, swapMiB: others + 16 };
  host().sh("mkdir -p /opt/vpai-lib /var/lib/vpai; mount --bind /opt/vpai-lib /var/lib/vpai");
  try {
    const outs = await system.create(wanted);
    expect(
      host().sh("tail -n 1 /etc/fstab; stat -c '%a %s' /var/lib/vpai/swap; grep -c /var/lib/vpai/swap /proc/swaps"),
    ).toBe("/var/lib/vpai/swap none swap sw 0 0\n600 16777216\n1");
    host().sh("swapoff /var/lib/vpai/swap");
    expect(await system.read(outs)).toMatchObject({ swapMiB: others });
    await expect(system.create({ ...wanted, swapMiB: 10 ** 9 })).rejects.toThrow(
      /expected 1\d{9} MiB of free space for a swap file of \d+ MiB, found \d+ MiB: free some, or give the host less swap/,
    );
  } finally {
    host().sh(
      "swapoff /var/lib/vpai/swap 2>/dev/null || :; umount /var/lib/vpai; rm -rf /opt/vpai-lib; : > /etc/fstab",
    );
  }
}, 60_000);

test("what wants a reboot is said", async () => {
  const reasons = (): Promise<string[]> => rebootReasons(transportTo(host().connection));
  // The option was just added, and no kernel has started since.
  expect(await reasons()).toEqual(["the kernel runs without cgroup_enable=memory"]);
  host()
    .sh(`rm /boot/firmware/cmdline.txt; touch "/boot/vmlinuz-$(uname -r)" "/boot/vmlinuz-99.1-$(uname -r | sed 's/.*-//')"
    touch /run/reboot-required; printf 'linux-base\\nlibc6\\nlinux-base\\n' > /run/reboot-required.pkgs`);
  expect(await reasons()).toEqual([
    "packages ask for it: libc6 linux-base",
    expect.stringMatching(/^Linux 99\.1-\S+ is installed, \S+ runs$/),
  ]);
  host().sh("rm /run/reboot-required* /boot/vmlinuz-*");
  expect(await reasons()).toEqual([]);
});

test("the account is made, in its groups, with its key and its right to become root", async () => {
  const outs = await operator.create(operatorInputs());
  expect(outs).toMatchObject({ made: true, undeclaredKeys: [] });
  expect(host().sh("id --name --groups mobuone")).toMatch(/^mobuone sudo docker$/);
  const login = new Transport(later(), 30_000);
  expect(await login.output(["id", "--user"]).finally(() => login.close())).toBe("0\n");
}, 60_000);

test("a key that nobody declared is told of and stays, or goes when told so; one that was removed comes back", async () => {
  const other = `${BareHost.key()} somebody`;
  const outs = await operator.create(operatorInputs());
  host().sh(`echo '${other}' > /home/mobuone/.ssh/authorized_keys; gpasswd --delete mobuone docker`);
  const props = (await operator.read(outs)) ?? {};
  expect(props).toMatchObject({
    keys: [],
    groups: ["sudo"],
    undeclaredKeys: [expect.stringMatching(/^SHA256:\S+ somebody$/)],
  });
  const kept = await operator.update(props, operatorInputs());
  expect(host().sh("cat /home/mobuone/.ssh/authorized_keys")).toBe(`${other}\n${host().publicKey}`);
  const strict = operatorInputs({ otherKeys: "remove" });
  expect(await operator.diff(kept, strict)).toMatchObject({ changes: true });
  const gone = await operator.update(kept, strict);
  expect(host().sh("cat /home/mobuone/.ssh/authorized_keys; stat -c '%U %a' /home/mobuone/.ssh/authorized_keys")).toBe(
    `${host().publicKey}\nmobuone 600`,
  );
  host().sh(`echo '${other}' >> /home/mobuone/.ssh/authorized_keys`);
  const again = await operator.read(gone);
  expect(await operator.diff(again ?? {}, strict)).toMatchObject({ changes: true });
}, 90_000);

test("the key that we log in with is not removed, whether it is known beforehand or not", async () => {
  const before = host().sh("cat /home/mobuone/.ssh/authorized_keys");
  const strict = operatorInputs({ otherKeys: "remove", keys: [BareHost.key()], connection: later() });
  await expect(operator.create(strict)).rejects.toThrow(
    /expected the key that we log in with \(.*\) among its keys, found that it would be removed: add its public part to vpai:operator.keys/,
  );
  expect(host().sh("cat /home/mobuone/.ssh/authorized_keys")).toBe(before);
}, 90_000);

test("rules of sudo that are broken are refused, and ours are put back", async () => {
  host().sh("echo 'this is no rule' > /etc/sudoers.d/50-broken; rm /etc/sudoers.d/60-vpai-operator");
  await expect(operator.create(operatorInputs())).rejects.toThrow(
    /expected rules of sudo that visudo accepts, found: [^]*50-broken[^]*The host was put back/,
  );
  expect(host().sh("ls /etc/sudoers.d")).not.toMatch(/60-vpai-operator/);
  host().sh("rm /etc/sudoers.d/50-broken; echo 'mobuone ALL=(ALL' > /etc/sudoers.d/60-vpai-operator");
  const outs = await operator.create(operatorInputs());
  expect(await operator.read(outs)).toMatchObject({ becomesRoot: "without a password" });
  expect(
    host().sh("visudo --check >/dev/null; cat /etc/sudoers.d/60-vpai-operator; ls -A /etc/sudoers.d | grep 60"),
  ).toBe("mobuone ALL=(ALL:ALL) NOPASSWD: ALL\n60-vpai-operator");
}, 90_000);

test("from root on port 22 to the account on 2222 nothing of the layer touches the host", async () => {
  const engine = new Tried(implement(engineSettingsKind));
  const packages = new Tried(implement(hostPackagesKind));
  const layer = [
    [packages, { packages: [{ names: ["sudo"] }], patience: 60, condition: "installed" }],
    [system, SYSTEM],
    [operator, { ...operatorInputs(), connection: undefined }],
    [engine, { settings: ENGINE_SETTINGS, condition: "in force" }],
  ] as const;
  const states: Properties[] = [];
  for (const [kind, inputs] of layer) states.push(await kind.create({ ...inputs, connection: host().connection }));
  const [accepted, enginePid] = [logins(), host().sh("cat /run/docker.pid")];
  for (const [index, [kind, inputs]] of layer.entries()) {
    const news = { ...inputs, connection: later() };
    expect(await kind.diff(states[index] ?? {}, news)).toMatchObject({ changes: true, replaces: [] });
    const outs = await kind.update(states[index] ?? {}, news);
    expect(outs).toEqual({ ...states[index], connection: later() });
    expect(await kind.diff(outs, news)).toMatchObject({ changes: false });
  }
  expect([logins(), host().sh("cat /run/docker.pid")]).toEqual([accepted, enginePid]);
  // And the account can go on from there.
  for (const [index, [kind]] of layer.entries()) {
    expect(await kind.read({ ...states[index], connection: later() })).toMatchObject({ connection: later() });
  }
}, 180_000);

test("an account that may not become root is told so", async () => {
  host().sh(
    "chmod 600 /etc/sudoers.d/60-vpai-operator; echo 'mobuone ALL=(ALL) ALL' > /etc/sudoers.d/60-vpai-operator",
  );
  await expect(
    system.update(
      { ...systemInputs(), journalMiB: 1, version: 1 },
      {
        ...systemInputs(),
        connection: later(),
      },
    ),
  ).rejects.toThrow(
    /expected a login user that becomes root by sudo, without a password, found: .*password is required/,
  );
}, 60_000);

test("the account we log in as stays when the resource goes; another one goes, and its home stays", async () => {
  const outs = await operator.create(operatorInputs());
  await operator.remove({ ...outs, connection: later() });
  expect(host().sh("id --user mobuone; ls /etc/sudoers.d/60-vpai-operator")).toMatch(/^\d+\n/);
  transportTo(later()).close();
  await eventually(() => expect(host().sh("pgrep --count --euid mobuone || :")).toBe("0"), 30);
  await operator.remove({ ...outs, made: true });
  expect(host().sh("id mobuone 2>&1 || :; ls -d /home/mobuone; ls /etc/sudoers.d")).toMatch(
    /no such user[^]*\/home\/mobuone/,
  );
}, 60_000);
