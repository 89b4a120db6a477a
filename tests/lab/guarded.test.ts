import { spawn } from "node:child_process";
import path from "node:path";
import type { Guarded } from "../../providers/guard";
import { implement, type Kind } from "../../providers/implementation";
import type { Connection } from "../../providers/ssh/connection";
import { transportTo } from "../../providers/ssh/transport";
import { eventually } from "../eventually";
import type { LabHost } from "./harness/host";
import { killProcess } from "./harness/processes";
import { sharedLab } from "./harness/shared";

/** A change that locks us out of a real host, with its own systemd and its own firewall, is taken back by the host. */

interface Inputs {
  connection: Connection;
  text: string;
  /** Whether the change drops every packet to sshd. */
  lock: boolean;
}

const FILE = "/etc/vpai-guarded-test";
const GUARDS = "/var/lib/vpai/guard";
const SECONDS = 12;

/** Rules of a table of their own: what Docker and the host have stays as it is. */
const LOCK =
  "nft -f - <<EOF\ntable inet vpai_guarded_test { chain in { type filter hook input priority -10; tcp dport 22 drop; }; }\nEOF";
const UNLOCK = 'nft delete table inet vpai_guarded_test 2>/dev/null || :; echo "$1" >> "$2.restored"';

const guarded: Guarded<Inputs, Inputs> = {
  name: "lab-test",
  seconds: SECONDS,
  logins: ({ connection }) => ({ before: connection, after: connection }),
  files: () => [FILE],
  restore: () => ({ text: UNLOCK, args: ["it's back: $HOME", FILE] }),
};

const kind: Kind<Inputs> = {
  version: 1,
  identity: [],
  id: ({ connection }) => connection.host,
  guarded,
  async ensure(inputs) {
    const { connection, text, lock } = inputs;
    await transportTo(connection).script('printf %s "$1" > "$2"', [text, FILE]);
    if (lock) await transportTo(connection).script(LOCK, []);
    return inputs;
  },
  observe: (state) => Promise.resolve(state),
  remove: () => Promise.resolve(),
};

let host: LabHost;

const create = (text: string, lock: boolean) => implement(kind).create({ connection: host.connection, text, lock });

const onHost = (script: string): Promise<string> => host.output(["sh", "-c", script]);

/** Nothing is pending: no timer, no unit that failed, nothing kept. */
async function expectOver(): Promise<void> {
  expect(
    await onHost(
      `systemctl list-units --all --plain --no-legend 'vpai-guard-*'; ls ${GUARDS} | grep -Ev "[.](lock|reverted)$" || :`,
    ),
  ).toBe("");
}

beforeAll(async () => {
  host = await (await sharedLab()).host("workstation");
  await onHost(`printf old > ${FILE}; chmod 640 ${FILE}`);
}, 1_500_000);

afterEach(() => onHost(`rm -f ${FILE}.restored`));

afterAll(() => onHost(`rm -rf ${FILE} ${GUARDS}`));

test("a change after which a new login works stays", async () => {
  await create("confirmed", false);
  await expectOver();
  await new Promise((resolve) => setTimeout(resolve, (SECONDS + 2) * 1000));
  expect(await onHost(`cat ${FILE}; test ! -e ${FILE}.restored`)).toBe("confirmed");
});

test("the host takes back a change that ends all logins, within its time", async () => {
  const started = Date.now();
  await expect(create("locked out", true)).rejects.toThrow(
    /^lab-test on root@[\d.]+: expected .*found .*\. The host was put back to what it was before\.$/,
  );
  expect(Date.now() - started).toBeLessThan((SECONDS + 60) * 1000);
  expect(await onHost(`cat ${FILE}; stat -c %a ${FILE}; cat ${FILE}.restored`)).toBe("confirmed640\nit's back: $HOME");
  await expectOver();
}, 180_000);

/** A run of its own: it applies the change and never gets to confirm it. */
async function killedRun(text: string, seconds: number): Promise<void> {
  const providers = path.join(__dirname, "../../providers");
  const program = `
    const { arm } = require(${JSON.stringify(path.join(providers, "guard.ts"))});
    const { transportTo } = require(${JSON.stringify(path.join(providers, "ssh/transport.ts"))});
    const connection = ${JSON.stringify(host.connection)};
    const guarded = { name: "lab-test", seconds: ${seconds}, logins: () => ({ before: connection, after: connection }),
      files: () => ["${FILE}"], restore: () => ({ text: ${JSON.stringify(UNLOCK)}, args: ["killed", "${FILE}"] }) };
    (async () => {
      await arm(guarded, { id: connection.host, inputs: {}, before: undefined });
      await transportTo(connection).script('printf %s "$1" > "$2"', ["${text}", "${FILE}"]);
      console.log("changed");
      setInterval(() => undefined, 1000);
    })();`;
  const child = spawn(process.execPath, ["--require", "tsx/cjs", "--eval", program], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const changed = new Promise((resolve, reject) => {
    child.stdout.once("data", resolve);
    child.once("exit", () => reject(new Error("the run ended before it was killed")));
  });
  try {
    await changed;
  } finally {
    killProcess(child.pid ?? 0);
  }
}

test("the host takes back what a killed run left", async () => {
  await killedRun("half", SECONDS);
  expect(await onHost(`cat ${FILE}`)).toBe("half");
  await eventually(async () => expect(await onHost(`cat ${FILE}`)).toBe("confirmed"), SECONDS + 20);
  await eventually(expectOver, 10);
}, 120_000);

test("the next run takes back first what a killed run left, and its own change stays", async () => {
  await killedRun("half again", 300);
  await create("second", false);
  expect(await onHost(`cat ${FILE}; echo; cat ${FILE}.restored`)).toBe("second\nkilled");
  await expectOver();
}, 120_000);
