import { ENGINE_SETTINGS } from "../../model/hardening/engine";
import { implementations } from "../../providers";
import type { Connection } from "../../providers/ssh/connection";
import { BareHost } from "./harness/bare-host";
import { type Properties, Tried } from "./harness/tried";

/**
 * A disk that is full, of bytes or of inodes, and a login whose sudo is refused: whatever is to be changed, one sentence says so, the file
 * that was to be changed is the one of before, and what runs on the host runs on.
 */

const host = BareHost.use("lacks");

const tried = (name: string): Tried => {
  const implementation = implementations[name];
  if (implementation === undefined) throw new Error(`expected a kind of resource, found none called ${name}`);
  return new Tried(implementation);
};

/** A change of the host's: the kind, its inputs before and after, and the folder on whose disk it writes. */
interface Change {
  kind: string;
  before: object;
  after: object;
  folder: string;
}

const rules = (ports: number[]) => ({
  host: ports.map((port) => ({ protocol: "tcp", port, why: "test" })),
  ...{ containers: [], routes: [], everywhere: [], closed: [], internet: [], vpnInterfaces: ["tailscale0"] },
});

const OPERATOR = {
  ...{ user: "mobuone", home: "/home/mobuone", groups: ["sudo", "docker"], otherKeys: "keep" },
  ...{ sudoers: "/etc/sudoers.d/60-vpai-operator", becomesRoot: "without a password" },
};

const FILE = { path: "/opt/lacks/etc/file", owner: "0:0", mode: "0644" };

const CHANGES: Record<string, Change> = {
  packages: {
    kind: "hostPackages",
    before: { packages: [{ names: ["sudo"] }], patience: 60, condition: "installed" },
    after: { packages: [{ names: ["vpai-one"] }], patience: 60, condition: "installed" },
    folder: "/var/lib/dpkg",
  },
  system: {
    kind: "hostSystem",
    before: { journalMiB: 70 },
    after: { journalMiB: 71 },
    folder: "/etc/systemd/journald.conf.d",
  },
  operator: {
    kind: "hostOperator",
    before: { ...OPERATOR, keys: [] },
    after: { ...OPERATOR, keys: [BareHost.key()] },
    folder: "/home/mobuone/.ssh",
  },
  engine: {
    kind: "engineSettings",
    before: { settings: ENGINE_SETTINGS, condition: "in force" },
    after: { settings: { ...ENGINE_SETTINGS, "userland-proxy": true }, condition: "in force" },
    folder: "/etc/docker",
  },
  kernel: {
    kind: "sysctl",
    before: { values: { "net.ipv4.conf.*.log_martians": "1" }, persisted: true },
    after: { values: { "net.ipv4.conf.*.log_martians": "0" }, persisted: true },
    folder: "/etc/sysctl.d",
  },
  sshd: {
    kind: "sshdConfig",
    before: { users: ["mobuone", "root"], options: { MaxAuthTries: "3" }, port: 22 },
    after: { users: ["mobuone", "root"], options: { MaxAuthTries: "2" }, port: 22 },
    folder: "/etc/ssh",
  },
  "sshd, whose guard has no room": {
    kind: "sshdConfig",
    before: { users: ["mobuone", "root"], options: { MaxAuthTries: "3" }, port: 22 },
    after: { users: ["mobuone", "root"], options: { MaxAuthTries: "2" }, port: 22 },
    folder: "/var/lib/vpai",
  },
  firewall: {
    kind: "hostFirewall",
    before: { rules: rules([22]), differences: [] },
    after: { rules: rules([22, 443]), differences: [] },
    folder: "/etc/ufw",
  },
  bans: {
    kind: "loginBans",
    before: { sshPort: 22, ignored: ["192.0.2.7"], banTime: "1h", differences: [] },
    after: { sshPort: 22, ignored: ["192.0.2.8"], banTime: "1h", differences: [] },
    folder: "/etc/fail2ban",
  },
  file: {
    kind: "remoteFile",
    before: { ...FILE, content: "old" },
    after: { ...FILE, content: "new" },
    folder: "/opt/lacks",
  },
  folder: {
    kind: "remoteDirectory",
    before: { path: "/opt/lacks/two", owner: "0:0", mode: "0755" },
    after: { path: "/opt/lacks/two/three", owner: "0:0", mode: "0755" },
    folder: "/opt/lacks/two",
  },
};

const NAMES = Object.keys(CHANGES);

const changeOf = (name: string): Change => {
  const change = CHANGES[name];
  if (change === undefined) throw new Error(`no change ${name}`);
  return change;
};

/** What each change left, before the host lacked anything. */
const states: Record<string, Properties> = {};

/** Containers, the engine and sshd, each with its process. */
const running = (): string =>
  host().sh(
    "docker inspect --format '{{.Name}} {{.Id}} {{.State.StartedAt}} {{.State.Pid}}' $(docker ps --quiet | sort); cat /run/docker.pid",
  );

/**
 * Content of all files of a folder, but for what fills it. An empty candidate may stay, by a name that nothing reads and that the next attempt
 * takes; dpkg's own is `tmp.i`.
 */
const content = (folder: string): string =>
  host().sh(
    `find ${folder} -type f ! -name 'vpai-full*' ! -name '*[.-]new' ! -name tmp.i ! -path '*/guard/*' -print0 | sort -z | xargs -0r sha256sum`,
  );

/** Makes it, on top of what was there; another path is another folder. */
const change = (name: string, connection: Connection) => {
  const { kind, after } = changeOf(name);
  const news = { ...after, connection };
  return name === "folder" ? tried(kind).create(news) : tried(kind).update({ ...states[name], connection }, news);
};

let before: string;

beforeAll(async () => {
  host().shellImage();
  host()
    .sh(`useradd --create-home --shell /bin/bash mobuone; mkdir -p /opt/mirror /tmp/p/DEBIAN /etc/systemd/journald.conf.d /opt/lacks/etc
    printf '%s\\n' 'Package: vpai-one' 'Version: 1.0' 'Architecture: all' 'Maintainer: nobody <n@example.org>' 'Description: for a test' \\
      > /tmp/p/DEBIAN/control
    cd /opt/mirror; dpkg-deb --build /tmp/p . >/dev/null
    { dpkg-deb --field *.deb; printf 'Filename: ./%s\\nSize: %s\\nSHA256: %s\\n' *.deb "$(stat -c %s *.deb)" "$(sha256sum *.deb | cut -d' ' -f1)"; } > Packages
    rm -rf /etc/apt/sources.list.d; echo 'deb [trusted=yes] file:/opt/mirror ./' > /etc/apt/sources.list; apt-get update -qq
    docker run --detach --name runs --restart unless-stopped shell:1 /bin/sleep 100000`);
  for (const name of NAMES)
    states[name] = await tried(changeOf(name).kind).create({
      ...changeOf(name).before,
      connection: host().connection,
    });
  before = running();
}, 1_500_000);

afterEach(() => expect(running()).toBe(before));

/** What fills a disk of so many KiB and inodes but for nothing. */
const FULL = {
  bytes: "cat /dev/zero > vpai-full 2>/dev/null || :",
  inodes: "i=0; while touch vpai-full-$i 2>/dev/null; do i=$((i + 1)); done",
};

/** Hides a folder behind a disk of its own, with the same content, and nothing left. */
function fill(folder: string, what: keyof typeof FULL): void {
  const inodes = what === "inodes" ? `,nr_inodes=$(($(find . | wc -l) + 1))` : "";
  host().sh(`mkdir -p ${folder}; cd ${folder}
    mount -t tmpfs -o "mode=$(stat -c %a .),size=$(($(du -sk . | cut -f1) + 64))k${inodes}" tmpfs /mnt; cp -a . /mnt/; mount --move /mnt ${folder}
    cd ${folder}; (${FULL[what]})`);
}

describe.each(["bytes", "inodes"] as const)("a disk without %s", (what) => {
  // A folder takes no byte of such a disk.
  test.each(NAMES.filter((name) => name !== "folder" || what === "inodes"))(
    "%s: one sentence, and nothing is changed",
    async (name) => {
      const { folder } = changeOf(name);
      const files = content(folder);
      try {
        fill(folder, what);
        const error = await change(name, host().connection).then(
          () => "nothing failed",
          (failed: Error) => failed.message,
        );
        console.log(`${name}: ${error}`);
        expect(error).toMatch(
          /^(?:\w+ on )?root@[\d.]+: expected room (?:on its disks for what is to be changed|for \S+ on the disk of \S+), found /,
        );
        expect(error).toContain(`df -i ${folder}`);
        expect(error).toMatch(/ free: free some|\d+ inodes free\): free some/);
        expect(error).not.toMatch(/exited with|No space left on device|\n/);
        expect(content(folder)).toBe(files);
      } finally {
        host().sh(`umount --lazy ${folder} 2>/dev/null || :`);
      }
      expect(content(folder)).toBe(files);
    },
    120_000,
  );
});

test.each(NAMES)(
  "sudo that is refused: %s, in one sentence that says which rule is missing",
  async (name) => {
    host().sh(`install -d -m 700 -o mobuone -g mobuone /home/mobuone/.ssh
      install -m 600 -o mobuone -g mobuone /root/.ssh/authorized_keys /home/mobuone/.ssh/authorized_keys
      echo 'mobuone ALL=(ALL) ALL' > /etc/sudoers.d/60-vpai-operator`);
    const { folder } = changeOf(name);
    const files = content(folder);
    await expect(change(name, { ...host().connection, user: "mobuone" })).rejects.toThrow(
      /^(?:\w+ on mobuone@[\d.]+: )?mobuone@[\d.]+: expected a login user that becomes root by sudo, without a password, found: sudo: a password is required\. Put `mobuone ALL=\(ALL\) NOPASSWD: ALL` into a file of \/etc\/sudoers\.d\/ there\.$/,
    );
    expect(content(folder)).toBe(files);
  },
  60_000,
);

test("the lock of apt that another process holds: packages, in one sentence that names the process", async () => {
  host().sh(
    `systemd-run --quiet --collect --unit holder python3 -c "import fcntl, time; lock = open('/var/lib/dpkg/lock-frontend', 'w'); ` +
      `fcntl.lockf(lock, fcntl.LOCK_EX); time.sleep(1000)"; sleep 1`,
  );
  const news = { ...changeOf("packages").after, patience: 3, connection: host().connection };
  await expect(tried("hostPackages").update(states["packages"] ?? {}, news)).rejects.toThrow(
    /^root@[\d.]+: expected the lock of apt and dpkg within 3 s, found it held by process \d+ \(.*python3 -c .*\): wait until that has ended, or look at it \(`ps -fp \d+`\), then run up again$/,
  );
  host().sh("systemctl stop holder");
}, 60_000);

test("once it has what it lacked, each change is made", async () => {
  for (const name of NAMES) states[name] = await change(name, host().connection);
  for (const name of NAMES) {
    const { kind, after } = changeOf(name);
    const props = (await tried(kind).read(states[name] ?? {})) ?? {};
    expect(await tried(kind).diff(props, { ...after, connection: host().connection })).toMatchObject({
      changes: false,
    });
  }
  expect(host().sh("cat /opt/lacks/etc/file")).toBe("new");
  before = running();
}, 300_000);
