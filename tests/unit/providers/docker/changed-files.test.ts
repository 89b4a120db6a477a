import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { type OnChange, takeOnChangedFiles } from "../../../../providers/docker/changed-files";
import { CommandError, Transport } from "../../../../providers/ssh/transport";
import { SshServer } from "../ssh-server";
import { inspected } from "../../inspected";

/** Files and the container's process are this machine's; what Docker is asked to do is noted, and a restart is one. */
let server: SshServer;
let folder: string;
let asked: string[][];
let code: number;
/** Of some of Docker's commands. */
let codes: Record<string, number>;
let status: string;
let program: ChildProcess;
/** What Docker says of the container's start, which is the program's unless the clock was set. */
let started: string;
let mounts: { Source: string; Destination: string }[];

beforeAll(async () => {
  server = await SshServer.start();
  server.respond = (argv) => {
    if (argv[0] !== "docker") return undefined;
    if (argv[2] === "inspect") return { code: 0, stdout: JSON.stringify([container()]), stderr: "" };
    asked.push(argv);
    if (argv[1] === "restart") restartProgram();
    return { code: codes[argv[1] ?? ""] ?? code, stdout: "", stderr: "" };
  };
});

afterAll(() => server.stop());

beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), "changed-"));
  asked = [];
  code = 0;
  codes = {};
  status = "running";
  mounts = [];
});

afterEach(() => {
  program.kill("SIGKILL");
  rmSync(folder, { recursive: true, force: true });
});

const container = (): object =>
  inspected({ State: { Status: status, StartedAt: started, Pid: program.pid ?? 0 }, Mounts: mounts });

/** @param ahead seconds by which the clock was ahead at that moment */
function start(ahead = 0): void {
  program = spawn("sleep", ["600"]);
  started = new Date(Date.now() + 1000 * ahead).toISOString().replace("Z", "456789Z");
}

function restartProgram(): void {
  program.kill("SIGKILL");
  start();
}

const FILE = ["configs", "redis", "redis.conf"];
const at = (...parts: string[]): string => path.join(folder, ...parts);

/** Writes a file as the platform does: another one takes its place. @param age seconds since it was written */
function write(content: string, parts = FILE, age = 0): void {
  const target = at(...parts);
  mkdirSync(path.dirname(target), { recursive: true });
  rmSync(target, { force: true });
  writeFileSync(target, content);
  const moment = new Date(Date.now() - 1000 * age);
  utimesSync(target, moment, moment);
}

const digest = (content: string): string => createHash("sha256").update(content).digest("hex");
const given = (content: string, parts = FILE): string => `${digest(content)}  ${at(...parts)}\n`;

const files = () => ({ revision: "1", folders: ["configs", "secrets"].map((kind) => at(kind, "redis")) });
const restart = (): OnChange => ({ restart: { ...files(), timeout: 25 } });
const RELOAD = ["tell", "two words", "$HOME", "it's", "*"];
const reload = (): OnChange => ({ reload: { ...files(), command: RELOAD } });

const note = (): string => at("last-healthy", "redis.read");

/** What Docker is asked to do, and what is found wrong. */
async function takenOn(
  onChange: OnChange,
  has: string,
  before?: string,
): Promise<{ asked: string[]; wrong: string | undefined }> {
  asked = [];
  const inputs = { ...onChange, given: has, lastHealthy: at("last-healthy", "redis") };
  const wrong = await takeOnChangedFiles(new Transport(server.connection), "c0ffee", inputs, before);
  return { asked: asked.map((argv) => argv.join(" ")), wrong };
}

const NOTHING = { asked: [], wrong: undefined };
const RESTARTED = { asked: ["docker restart --time 25 c0ffee"], wrong: undefined };
const RELOADED = { asked: [`docker exec c0ffee ${RELOAD.join(" ")}`], wrong: undefined };

/** A container that has started with its file, as the first `up` leaves it. */
async function fresh(onChange: OnChange, ahead = 0): Promise<void> {
  write("one", FILE, 5);
  start(ahead);
  expect(await takenOn(onChange, given("one"))).toEqual(NOTHING);
}

test("a container that started after its files were written is left alone, and that is noted for root alone", async () => {
  await fresh(restart());
  expect(readFileSync(note(), "utf8")).toMatch(/^c0ffee \S+Z [0-9a-f]{64}\n$/);
  expect(statSync(note()).mode & 0o777).toBe(0o600);
  expect(readFileSync(note(), "utf8")).not.toContain(digest("one"));
});

test.each([["configs"], ["secrets"]])(
  "a changed file in %s restarts the service, with its time to stop, once",
  async (kind) => {
    await fresh(restart());
    const parts = [kind, "redis", "deep", "file"];
    write("two", parts);
    expect(await takenOn(restart(), given("one") + given("two", parts))).toEqual(RESTARTED);
    expect(await takenOn(restart(), given("one") + given("two", parts))).toEqual(NOTHING);
  },
);

test("a program that can reads its files again instead, once, by a command that arrives as it is", async () => {
  await fresh(reload());
  write("two");
  expect(await takenOn(reload(), given("two"))).toEqual(RELOADED);
  expect(asked).toEqual([["docker", "exec", "c0ffee", ...RELOAD]]);
  expect(await takenOn(reload(), given("two"))).toEqual(NOTHING);
});

describe("a program that can read its secrets again, and nothing else", () => {
  const SECRET = ["secrets", "redis", "users.acl"];
  const both = (): OnChange => ({
    ...restart(),
    reload: { ...files(), folders: [at("secrets", "redis")], command: RELOAD, stdin: "a login\n" },
  });
  const old = () => given("one") + given("two", SECRET);

  beforeEach(async () => {
    write("two", SECRET, 5);
    write("one", FILE, 5);
    start();
    expect(await takenOn(both(), old(), old())).toEqual(NOTHING);
  });

  test("does so where secrets alone differ from before, once, with what it reads", async () => {
    write("three", SECRET);
    const next = given("one") + given("three", SECRET);
    expect(await takenOn(both(), next, old())).toEqual({
      asked: [`docker exec --interactive c0ffee ${RELOAD.join(" ")}`],
      wrong: undefined,
    });
    expect(await takenOn(both(), next, old())).toEqual(NOTHING);
  });

  test.each<[string, () => void, () => string, (() => string) | undefined]>([
    ["something else differs, too", () => write("four"), () => given("four") + given("three", SECRET), old],
    ["nobody knows what there was before", () => undefined, () => given("one") + given("three", SECRET), undefined],
    [
      "what is put back is what it was",
      () => undefined,
      () => given("one") + given("three", SECRET),
      () => given("one") + given("three", SECRET),
    ],
  ])("is restarted where %s", async (_what, more, next, before) => {
    write("three", SECRET);
    more();
    expect(await takenOn(both(), next(), before?.())).toEqual(RESTARTED);
  });

  test("is restarted where it does not load them", async () => {
    write("three", SECRET);
    codes = { exec: 1 };
    expect((await takenOn(both(), given("one") + given("three", SECRET), old())).asked).toEqual([
      `docker exec --interactive c0ffee ${RELOAD.join(" ")}`,
      ...RESTARTED.asked,
    ]);
  });
});

describe("C2: a clock that was an hour ahead when the container started", () => {
  test("hides no changed file from a container that was noted", async () => {
    await fresh(restart(), 3600);
    write("two");
    expect(await takenOn(restart(), given("two"))).toEqual(RESTARTED);
  });

  test("hides none from one that nobody has noted", async () => {
    write("one", FILE, 5);
    start(3600);
    await sleep(100);
    write("two");
    expect(await takenOn(restart(), given("two"))).toEqual(RESTARTED);
  });
});

test("C2: a changed file that claims to be years old is read", async () => {
  await fresh(restart());
  write("two", FILE, 1e8);
  expect(await takenOn(restart(), given("two"))).toEqual(RESTARTED);
});

test("a file that was put back is read again: the program may have read the other one", async () => {
  await fresh(reload());
  write("by hand");
  write("one");
  expect(await takenOn(reload(), given("one"))).toEqual(RELOADED);
});

describe("of a container that an older program started, nothing is noted", () => {
  test("and it is left alone where its files are older", async () => {
    write("one", FILE, 1);
    start();
    expect(await takenOn(restart(), given("one"))).toEqual(NOTHING);
    expect(existsSync(note())).toBe(true);
  });

  test("and it reads what was written since", async () => {
    start();
    await sleep(100);
    write("two");
    expect(await takenOn(restart(), given("two"))).toEqual(RESTARTED);
  });
});

test("a container that somebody restarted has read what was there then", async () => {
  await fresh(restart());
  await sleep(50);
  restartProgram();
  expect(await takenOn(restart(), given("one"))).toEqual(NOTHING);
  await sleep(50);
  write("two");
  expect(await takenOn(restart(), given("two"))).toEqual(RESTARTED);
});

describe("T21: what is not what it was given is told by its path, and nothing is restarted:", () => {
  const wrong = (): { asked: []; wrong: string } => ({
    asked: [],
    wrong: `files that are not what it was given (${at(...FILE)}): run \`refresh\`, then \`up\``,
  });

  test("a directory in place of a file", async () => {
    await fresh(restart());
    rmSync(at(...FILE));
    write("two", [...FILE, "redis.conf"]);
    expect(await takenOn(restart(), given("two"))).toEqual(wrong());
  });

  test("another content", async () => {
    await fresh(restart());
    write("requirepass off");
    expect(await takenOn(restart(), given("two"))).toEqual(wrong());
  });

  test("no file", async () => {
    await fresh(restart());
    rmSync(at("configs"), { recursive: true });
    expect(await takenOn(restart(), given("one"))).toEqual(wrong());
  });
});

describe("a folder of its own in the container", () => {
  /** A process that sees another folder in place of the host's, as after the host's was made anew. */
  test("T21: is lost once the host's was made anew, and comes back by a restart, whatever the program can do", async () => {
    await fresh(reload());
    mkdirSync(at("seen"));
    mounts = [{ Source: at("configs", "redis"), Destination: at("seen") }];
    write("two");
    expect(await takenOn(reload(), given("two"))).toEqual({ asked: ["docker restart c0ffee"], wrong: undefined });
  });

  test("is no matter where it is the host's", async () => {
    await fresh(reload());
    execFileSync("ln", ["-s", at("configs", "redis"), at("seen")]);
    mounts = [{ Source: at("configs", "redis"), Destination: at("seen") }];
    expect(await takenOn(reload(), given("one"))).toEqual(NOTHING);
  });
});

test("another service's files are none of its business, nor are those of one that reads none", async () => {
  await fresh(restart());
  write("two", ["configs", "caddy", "Caddyfile"]);
  expect(await takenOn(restart(), given("one"))).toEqual(NOTHING);
  expect(await takenOn({}, "")).toEqual(NOTHING);
});

test("what does not run reads its files when it starts", async () => {
  await fresh(restart());
  write("two");
  status = "exited";
  expect(await takenOn(restart(), given("two"))).toEqual(NOTHING);
});

test("a failed action is a failure, and is tried again", async () => {
  await fresh(reload());
  write("two");
  code = 4;
  await expect(takenOn(reload(), given("two"))).rejects.toThrow(CommandError);
  code = 0;
  expect(await takenOn(reload(), given("two"))).toEqual(RELOADED);
});
