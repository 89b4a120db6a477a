import { execFileSync } from "node:child_process";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import os from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { arm, type Guarded } from "../../../providers/guard";
import { askForReverts, type Revert, revertsIn } from "../../../providers/guard/reverts";
import { implement, type Kind } from "../../../providers/implementation";
import type { Connection } from "../../../providers/ssh/connection";
import { transportTo } from "../../../providers/ssh/transport";
import { SshServer } from "./ssh-server";

/** The scripts run in a real shell on this machine, with systemd's two programs as far as guards use them. */
const SYSTEMD_RUN = `
while :; do case $1 in
  --unit) unit=$2; shift 2;; --on-active) after=\${2%s}; shift 2;; --wait) wait=yes; shift;;
  --property|--timer-property) shift 2;; --*) shift;; *) break;;
esac; done
echo "$unit \${after:-now}" >> "$UNITS/log"
[ -z "$wait" ] || exec "$@"
setsid sh -c '
  echo $$ > "$0"
  while [ $(($(date +%s%N) - $(date -r "$0" +%s%N))) -lt "$1"000000000 ]; do sleep 0.02; done
  rm "$0"; shift; exec "$@"' "$UNITS/$unit.timer" "$after" "$@" >/dev/null 2>&1 </dev/null &
until [ -s "$UNITS/$unit.timer" ]; do sleep 0.01; done`;
const SYSTEMCTL = `
[ -e "$UNITS/$2" ] || exit 5
[ "$1" != restart ] || exec touch "$UNITS/$2"
[ "$1" = stop ] || exit 5
kill -- "-$(cat "$UNITS/$2")"; rm "$UNITS/$2"`;

interface Inputs {
  connection: Connection;
  text: string;
}

let server: SshServer;
let folder: string;
const PATH = process.env["PATH"] ?? "";
const inFolder = (...parts: string[]): string => path.join(folder, ...parts);
const text = (): string => readFileSync(inFolder("file"), "utf8");
const timers = (): string[] => readdirSync(inFolder("units")).filter((name) => name.endsWith(".timer"));
/** What the next boot would start. */
const atBoot = (): string[] => readdirSync(inFolder("boot", "multi-user.target.wants"));
const pending = (): string[] => readdirSync(inFolder("guard")).filter((name) => !/\.(lock|reverted)$/.test(name));

beforeEach(async () => {
  server = await SshServer.start();
  folder = mkdtempSync(path.join(os.tmpdir(), "guard-"));
  for (const name of ["bin", "units", "guard"]) mkdirSync(inFolder(name));
  for (const [name, body] of Object.entries({ "systemd-run": SYSTEMD_RUN, systemctl: SYSTEMCTL })) {
    writeFileSync(inFolder("bin", name), `#!/bin/sh${body}\n`);
    chmodSync(inFolder("bin", name), 0o755);
  }
  Object.assign(process.env, { PATH: `${inFolder("bin")}:${PATH}`, UNITS: inFolder("units") });
  writeFileSync(inFolder("file"), "old", { mode: 0o640 });
});

afterEach(async () => {
  process.env["PATH"] = PATH;
  delete process.env["UNITS"];
  await server.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** A file, and a second one that comes with it; `restore` notes what it was given. */
const guardOf = (seconds = 20, longest = seconds): Guarded<Inputs, Inputs> => ({
  ...{ name: "file", seconds, longest },
  logins: ({ connection }) => ({ before: connection, after: connection }),
  files: () => [inFolder("file"), inFolder("second")],
  save: () => ({ text: 'cat "$1" > rules', args: [inFolder("file")] }),
  restore: () => ({ text: 'echo "$1: $(cat rules)" >> "$2"', args: ["it's $HOME", inFolder("restored")] }),
  folder: inFolder("guard"),
  units: inFolder("boot"),
});

const kindOf = (
  change: (inputs: Inputs) => Promise<unknown>,
  ...time: [seconds?: number, longest?: number]
): Kind<Inputs> => ({
  version: 1,
  identity: [],
  id: () => "one",
  guarded: guardOf(...time),
  ensure: async (inputs) => (await change(inputs), inputs),
  observe: (state) => Promise.resolve(state),
  remove: () => Promise.resolve(),
});

const write = async ({ connection, text: content }: Inputs): Promise<void> => {
  const both = [inFolder("file"), inFolder("second")];
  await transportTo(connection).script('printf %s "$1" > "$2"; printf x > "$3"', [content, ...both]);
};

const create = (kind: Kind<Inputs>, content = "new") =>
  implement(kind).create({ connection: server.connection, text: content });

/** Nothing is left but what the change, or the going back, made. */
function expectOver(content: string, restored: boolean): void {
  expect(text()).toBe(content);
  expect([timers(), pending(), atBoot()]).toEqual([[], [], []]);
  expect(existsSync(inFolder("second"))).toBe(!restored);
  expect(existsSync(inFolder("restored"))).toBe(restored);
}

test("a change after which a new login works stays, and the timer is gone", async () => {
  await create(kindOf(write));
  expectOver("new", false);
  // One login for the change, another for the proof.
  expect(server.logins).toBe(2);
  expect(readFileSync(inFolder("units", "log"), "utf8")).toMatch(/^vpai-guard-file-[0-9a-f]{8} 20\n$/);
});

test("the timer runs before anything is changed", async () => {
  let armed: unknown;
  await create(kindOf(async () => (armed = [timers().length, pending().length, text()])));
  expect(armed).toEqual([1, 1, "old"]);
});

test("after a change that ends logins the host goes back by itself, and the error says so", async () => {
  server.admits = () => text() !== "new";
  await expect(create(kindOf(write, 2))).rejects.toThrow(
    new RegExp(
      `^file on root@127\\.0\\.0\\.1: expected a login as root@127\\.0\\.0\\.1:${server.connection.port} after the change, ` +
        "found .*the login was refused.*\\. The host was put back to what it was before\\.$",
    ),
  );
  expectOver("old", true);
  expect(readFileSync(inFolder("restored"), "utf8")).toBe("it's $HOME: old\n");
});

test("a change that fails half-way is taken back at once", async () => {
  const failing = async (inputs: Inputs): Promise<void> => {
    await write(inputs);
    throw new Error("expected rules that load, found a syntax error");
  };
  const started = Date.now();
  await expect(create(kindOf(failing, 60))).rejects.toThrow(
    "file on root@127.0.0.1: expected rules that load, found a syntax error. The host was put back to what it was before.",
  );
  expect(Date.now() - started).toBeLessThan(10_000);
  expectOver("old", true);
});

test("a change that never ends is given up when the host has gone back", async () => {
  const hanging = async (inputs: Inputs): Promise<void> => {
    await write(inputs);
    await new Promise(() => undefined);
  };
  await expect(create(kindOf(hanging, 1))).rejects.toThrow(/expected the change within 1 s, found it still under way/);
  expectOver("old", true);
});

test("a change that may take longer keeps the host from going back as long as it is under way, and no longer", async () => {
  const slow = async (inputs: Inputs): Promise<void> => {
    await write(inputs);
    await sleep(5000);
  };
  await create(kindOf(slow, 2, 20));
  expectOver("new", false);
  writeFileSync(inFolder("file"), "old");
  rmSync(inFolder("second"));
  await expect(create(kindOf(() => new Promise(() => undefined), 1, 3))).rejects.toThrow(
    /^file on .*: expected the change within [34] s, found it still under way\. The host was put back to what it was before\.$/,
  );
});

test("a change that was confirmed, of which we lost the answer, stays", async () => {
  server.respond = (argv) => {
    if (!argv[2]?.includes("exit 44")) return undefined;
    // After the timer is stopped, and before we hear of it.
    setTimeout(() => server.cut(), 300);
    return undefined;
  };
  const kind = kindOf(write);
  writeFileSync(inFolder("bin", "rm"), `#!/bin/sh\n/bin/rm "$@"; case $* in "-rf "*-????????) sleep 2;; esac\n`, {
    mode: 0o755,
  });
  expect(await create(kind)).toMatchObject({ outs: { text: "new" } });
  await sleep(2000);
  expectOver("new", false);
});

test("what a killed run left is taken back by the timer", async () => {
  const inputs = { connection: server.connection, text: "new" };
  await arm(guardOf(1), { id: "one", inputs, before: undefined });
  await write(inputs);
  await sleep(2500);
  expectOver("old", true);
});

test("what a killed run left is taken back before the next change, whose own way back leads to the same", async () => {
  const inputs = { connection: server.connection, text: "half" };
  await arm(guardOf(60), { id: "one", inputs, before: undefined });
  await write(inputs);
  let found: string | undefined;
  await expect(create(kindOf(async () => ((found = text()), Promise.reject(new Error("no")))))).rejects.toThrow(
    "The host was put back",
  );
  expect(found).toBe("old");
  expectOver("old", true);
});

test("a host that does not let us in as before either is told of as such", async () => {
  let changed = false;
  server.admits = () => !changed;
  const now = jest.spyOn(Date, "now");
  const pending = create(kindOf((inputs) => ((changed = true), write(inputs)), 1));
  // Its patience after the going back is half a minute.
  setTimeout(() => now.mockImplementation(() => new Date().getTime() + 60_000), 3000);
  await expect(pending).rejects.toThrow(
    /The host puts itself back 1 s after the change, and does not accept a login as before yet: look at `journalctl -u vpai-guard-file-/,
  );
  now.mockRestore();
});

/** The warnings of one run. */
async function warningsOf(work: () => Promise<unknown>): Promise<unknown[]> {
  const error = jest.spyOn(console, "error").mockImplementation(() => undefined);
  try {
    await work();
    return error.mock.calls.map(([said]) => said as unknown);
  } finally {
    error.mockRestore();
  }
}

test("why a host went back is told by the next change, and once", async () => {
  const inputs = { connection: server.connection, text: "new" };
  await arm(guardOf(1), { id: "one", inputs, before: undefined });
  await write(inputs);
  await sleep(2500);
  expectOver("old", true);
  expect(await warningsOf(() => create(kindOf(write)))).toEqual([
    expect.stringMatching(
      /^warning: file on root@127\.0\.0\.1: the host took the last change back, \d{4}-\d\d-\d\d \d\d:\d\d UTC: no new login confirmed the change within 1 s\. It is tried again now\.$/,
    ),
  ]);
  expect(await warningsOf(() => create(kindOf(write), "newer"))).toEqual([]);
});

test("who has undone the change is told once that the host took it back; the next change says so, too", async () => {
  const inputs = { connection: server.connection, text: "new" };
  const ask = (): Revert[] => {
    const [command = "", ...args] = askForReverts(inFolder("guard"));
    return revertsIn(execFileSync(command, args, { encoding: "utf8" }));
  };
  expect(ask()).toEqual([]);
  await arm(guardOf(2), { id: "one", inputs, before: undefined });
  await write(inputs);
  await sleep(3500);
  const why = expect.stringMatching(/ UTC: no new login confirmed the change within 2 s$/) as string;
  expect([ask(), ask()]).toEqual([[{ name: "file", why }], []]);
  expect(await warningsOf(() => create(kindOf(write)))).toEqual([
    expect.stringContaining("no new login confirmed the change within 2 s. It is tried again now."),
  ]);
  expect(await warningsOf(() => create(kindOf(write), "newer"))).toEqual([]);
});

test("a reboot before the login takes the change back, by a unit that is there until then", async () => {
  const inputs = { connection: server.connection, text: "new" };
  await arm(guardOf(300), { id: "one", inputs, before: undefined });
  await write(inputs);
  for (const timer of timers()) process.kill(-Number(readFileSync(inFolder("units", timer), "utf8")));
  const [unit = ""] = atBoot();
  const [, program = "", reason = ""] =
    /^ExecStart=\/bin\/sh (\S+) "(.+)"$/m.exec(
      readFileSync(inFolder("boot", "multi-user.target.wants", unit), "utf8"),
    ) ?? [];
  execFileSync("/bin/sh", [program, reason]);
  expect([text(), pending(), atBoot()]).toEqual(["old", [], []]);
  expect(readFileSync(inFolder("guard", `${unit.replace("-boot.service", "")}.reverted`), "utf8")).toMatch(
    /UTC: the host was restarted before a new login had confirmed the change\n$/,
  );
});

test("modes and owners come back, too", async () => {
  await expect(
    create(
      kindOf(
        async (inputs) => (await write(inputs), chmodSync(inFolder("file"), 0o777), Promise.reject(new Error("no"))),
      ),
    ),
  ).rejects.toThrow("The host was put back");
  const { mode } = statSync(inFolder("file"));
  expect((mode & 0o777).toString(8)).toBe("640");
});

test("two resources of a kind have guards of their own", async () => {
  const inputs = { connection: server.connection, text: "new" };
  await arm(guardOf(60), { id: "one", inputs, before: undefined });
  await arm(guardOf(60), { id: "other", inputs, before: undefined });
  expect([timers().length, pending().length]).toEqual([2, 2]);
  for (const timer of timers()) process.kill(-Number(readFileSync(inFolder("units", timer), "utf8")));
});
