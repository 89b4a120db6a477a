import { implement } from "../../providers/implementation";
import { hostPackagesKind } from "../../providers/resources/host-packages";
import { BareHost } from "./harness/bare-host";
import { Tried } from "./harness/tried";

/** Packages of a host, from a folder of the host's own that plays the mirror. */

const host = BareHost.use("packages");
const packages = new Tried(implement(hostPackagesKind));

interface Wanted {
  names: [string, ...string[]];
  on?: "debian" | "ubuntu";
}

const inputs = (wanted: Wanted[], patience = 60) => ({
  ...{ connection: host().connection, packages: wanted, patience, condition: "installed" },
});
const create = (wanted: Wanted[], patience?: number) => packages.create(inputs(wanted, patience));

const versions = (): string =>
  host().sh("dpkg-query --show --showformat '${Package} ${Version} ${db:Status-Status}\\n' | sort");

/** Makes a package and puts it into the mirror. @param more lines of its control file */
const publish = (name: string, version: string, ...more: string[]): string =>
  host().sh(`mkdir -p /opt/mirror /tmp/p/DEBIAN; cd /opt/mirror
    printf '%s\\n' 'Package: ${name}' 'Version: ${version}' 'Architecture: all' 'Maintainer: nobody <n@example.org>' \\
      'Description: for a test' ${more.map((line) => `'${line}'`).join(" ")} > /tmp/p/DEBIAN/control
    dpkg-deb --build /tmp/p /opt/mirror >/dev/null; rm -rf /tmp/p
    for deb in *.deb; do
      dpkg-deb --field "$deb"
      printf 'Filename: ./%s\\nSize: %s\\nSHA256: %s\\n\\n' "$deb" "$(stat -c %s "$deb")" "$(sha256sum "$deb" | cut -d' ' -f1)"
    done > Packages`);

/** Holds dpkg's lock for so many seconds, as dpkg does. */
const hold = (seconds: number): string =>
  host().sh(
    `systemd-run --quiet --collect --unit holder python3 -c "import fcntl, time; lock = open('/var/lib/dpkg/lock-frontend', 'w'); ` +
      `fcntl.lockf(lock, fcntl.LOCK_EX); time.sleep(${seconds})"; sleep 1`,
  );

beforeAll(() => {
  publish("vpai-one", "1.0");
  publish("vpai-two", "1.0", "Depends: vpai-one");
  host().sh(`rm -rf /etc/apt/sources.list.d; echo 'deb [trusted=yes] file:/opt/mirror ./' > /etc/apt/sources.list`);
}, 60_000);

test("what is there needs no mirror, and nothing is touched", async () => {
  const before = versions();
  await create([
    { names: ["sudo"] },
    { names: ["docker-ce", "docker.io"] },
    { names: ["no-such-package"], on: "ubuntu" },
  ]);
  expect(versions()).toBe(before);
  expect(host().sh("ls /var/lib/apt/lists | grep -c mirror || :")).toBe("0");
}, 60_000);

test("what is missing is added, seen when it goes, and stays when the resource goes", async () => {
  const before = versions();
  const wanted: Wanted[] = [{ names: ["vpai-two"] }];
  const outs = await create(wanted);
  const added = versions()
    .split("\n")
    .filter((line) => !before.includes(line));
  expect(added).toEqual(["vpai-one 1.0 installed", "vpai-two 1.0 installed"]);
  expect(await packages.read(outs)).toMatchObject({ condition: "installed" });
  host().sh("dpkg --remove vpai-two");
  const props = (await packages.read(outs)) ?? {};
  expect(props).toMatchObject({ condition: "missing: vpai-two" });
  expect(await packages.diff(props, inputs(wanted))).toMatchObject({ changes: true, replaces: [] });
  await packages.update(props, inputs(wanted));
  await packages.remove(outs);
  expect(versions()).toMatch(/^vpai-two 1.0 installed$/m);
}, 90_000);

test("one that would upgrade or remove another is refused", async () => {
  publish("vpai-one", "2.0");
  publish("vpai-three", "1.0", "Depends: vpai-one (>= 2.0)");
  publish("vpai-four", "1.0", "Conflicts: vpai-two");
  const before = versions();
  await expect(create([{ names: ["vpai-three"] }])).rejects.toThrow(
    /expected to install vpai-three beside what is there, found that this would upgrade or remove vpai-one: bring .* Nothing was installed/,
  );
  await expect(create([{ names: ["vpai-four"] }])).rejects.toThrow(/expected to install vpai-four .*found.*/);
  expect(versions()).toBe(before);
}, 60_000);

test("the lock of another process is waited for, and then told of", async () => {
  publish("vpai-five", "1.0");
  hold(1000);
  const began = Date.now();
  await expect(create([{ names: ["vpai-five"] }], 4)).rejects.toThrow(
    /expected the lock of apt and dpkg within 4 s, found it held by process \d+ \(.*python3 -c .*\): wait until/,
  );
  expect(Date.now() - began).toBeLessThan(30_000);
  host().sh("systemctl stop holder");
  hold(5);
  await create([{ names: ["vpai-five"] }], 60);
  expect(versions()).toMatch(/^vpai-five 1.0 installed$/m);
}, 90_000);

test("without a mirror it says so", async () => {
  host().sh(
    `echo 'deb [trusted=yes] http://127.0.0.1:9/debian ./' > /etc/apt/sources.list; rm -rf /var/lib/apt/lists/*`,
  );
  await expect(create([{ names: ["vpai-six"] }])).rejects.toThrow(
    /expected to install vpai-six from the host's package sources, found that they cannot be had there: [^]*Give the host a way to its mirror/,
  );
}, 60_000);
