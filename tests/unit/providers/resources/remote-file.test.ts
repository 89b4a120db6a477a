import "../without-sdk";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import os from "node:os";
import path from "node:path";
import fc from "fast-check";
import {
  type RemoteFileInputs,
  remoteFileKind,
  type RemoteFileState,
} from "../../../../providers/resources/remote-file";
import { implement } from "../../../../providers/implementation";
import { anyCharacter } from "../../any-character";
import { SshServer } from "../ssh-server";

/** Owner that whoever runs the tests may give a file to. */
const SELF = `${process.getuid?.() ?? 0}:${process.getgid?.() ?? 0}`;

/** Every write is synced: memory has no disk to wait for. */
const MEMORY = existsSync("/dev/shm") ? "/dev/shm" : os.tmpdir();

let server: SshServer;
let folder: string;
let inputs: RemoteFileInputs;
let state: RemoteFileState;

beforeAll(async () => {
  server = await SshServer.start();
});

afterAll(() => server.stop());

beforeEach(() => {
  folder = mkdtempSync(path.join(MEMORY, "remote-file-"));
  inputs = {
    connection: server.connection,
    path: path.join(folder, "x.conf"),
    content: "one\n",
    owner: SELF,
    mode: "0640",
  };
  state = { ...inputs, writtenAt: "2026-01-01T00:00:00.000Z" };
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

const kind = remoteFileKind;
const permissions = (file: string): string => (statSync(file).mode & 0o7777).toString(8).padStart(4, "0");

describe("T21: a directory in the file's place", () => {
  beforeEach(() => mkdirSync(inputs.path));

  test("is refused by name before anything is written, and left as it is", async () => {
    await expect(kind.ensure(inputs)).rejects.toThrow(
      `expected a file at ${inputs.path}, found a directory: move it away, then run up again`,
    );
    expect([readdirSync(inputs.path), readdirSync(folder)]).toEqual([[], ["x.conf"]]);
  });
});

describe("T3: a file that is right already, unknown to the state", () => {
  beforeEach(() => {
    writeFileSync(inputs.path, "one\n");
    chmodSync(inputs.path, 0o640);
    utimesSync(inputs.path, 1_700_000_000, 1_700_000_000);
  });

  test("is not written again, and counts as written when it was", async () => {
    const { ino } = statSync(inputs.path);
    expect(await kind.ensure(inputs)).toEqual({ ...inputs, writtenAt: "2023-11-14T22:13:20.000Z" });
    expect(statSync(inputs.path)).toMatchObject({ ino, mtimeMs: 1_700_000_000_000 });
    expect(readdirSync(folder)).toEqual(["x.conf"]);
  });

  test.each([
    ["content", { content: "two\n", mode: "0640" }],
    ["mode", { content: "one\n", mode: "0600" }],
  ])("is written when its %s differs", async (_what, wanted) => {
    const { writtenAt } = await kind.ensure({ ...inputs, ...wanted });
    expect(Date.parse(writtenAt)).toBeGreaterThan(1_700_000_000_000);
    expect(readFileSync(inputs.path, "utf8")).toBe(wanted.content);
    expect(permissions(inputs.path)).toBe(wanted.mode);
  });
});

describe("ensure", () => {
  test("writes content, owner and mode, and leaves nothing else behind", async () => {
    expect(await kind.ensure(inputs)).toEqual({
      ...inputs,
      writtenAt: expect.stringMatching(/^2\d{3}-.*Z$/) as string,
    });
    expect(readFileSync(inputs.path, "utf8")).toBe("one\n");
    expect(permissions(inputs.path)).toBe("0640");
    const { uid, gid } = statSync(inputs.path);
    expect(`${uid}:${gid}`).toBe(SELF);
    expect(readdirSync(folder)).toEqual(["x.conf"]);
  });

  test("gives the file to somebody else, or fails without a trace", async () => {
    const given = kind.ensure({ ...inputs, owner: "1234:1235", mode: "0400" });
    if (process.getuid?.() !== 0) {
      await expect(given).rejects.toThrow(/Operation not permitted/);
      return expect(readdirSync(folder)).toEqual([]);
    }
    await given;
    const { uid, gid } = statSync(inputs.path);
    expect([uid, gid, permissions(inputs.path)]).toEqual([1234, 1235, "0400"]);
  });

  test("makes missing folders", async () => {
    const deep = path.join(folder, "a b", "$(id)", "x");
    await kind.ensure({ ...inputs, path: deep });
    expect(readFileSync(deep, "utf8")).toBe("one\n");
    expect(permissions(path.dirname(deep))).toBe("0755");
  });

  test("any text arrives and is read back byte for byte", async () => {
    const text = fc.string({ unit: anyCharacter, maxLength: 300 });
    await fc.assert(
      fc.asyncProperty(text, async (content) => {
        await kind.ensure({ ...inputs, content });
        expect(readFileSync(inputs.path, "utf8")).toBe(content);
        expect(await kind.observe({ ...state, content: "" })).toEqual({ ...state, content });
      }),
      { numRuns: 8, examples: [[""], ["no newline"], ["\n\n"], [`'"\`$HOME%s{{x}}\\\0é🦆`], ["x".repeat(100_000)]] },
    );
  }, 20_000);

  test("replaces the file as a whole: who has the old one open keeps the old one", async () => {
    await kind.ensure(inputs);
    const before = statSync(inputs.path).ino;
    await kind.ensure({ ...inputs, content: "two\n" });
    expect(statSync(inputs.path).ino).not.toBe(before);
    expect(readFileSync(inputs.path, "utf8")).toBe("two\n");
  });

  test("replaces a symbolic link instead of what it points to", async () => {
    const other = path.join(folder, "other");
    writeFileSync(other, "untouched");
    symlinkSync(other, inputs.path);
    await kind.ensure(inputs);
    expect([readFileSync(other, "utf8"), readFileSync(inputs.path, "utf8")]).toEqual(["untouched", "one\n"]);
  });

  test("overcomes the candidate of an interrupted write", async () => {
    const candidate = path.join(folder, ".x.conf.candidate");
    writeFileSync(candidate, "half of");
    chmodSync(candidate, 0o400);
    await kind.ensure(inputs);
    expect(readdirSync(folder)).toEqual(["x.conf"]);
    expect(readFileSync(inputs.path, "utf8")).toBe("one\n");
  });

  test("writes through no link that lies where the candidate goes", async () => {
    const other = path.join(folder, "other");
    writeFileSync(other, "untouched");
    symlinkSync(other, path.join(folder, ".x.conf.candidate"));
    await kind.ensure(inputs);
    expect([readFileSync(other, "utf8"), readFileSync(inputs.path, "utf8")]).toEqual(["untouched", "one\n"]);
  });

  test("tells a content that was written anew from attributes that were put right", async () => {
    const drifted = { ...state, content: "edited\n" };
    expect((await kind.ensure(inputs, drifted)).writtenAt > state.writtenAt).toBe(true);
    expect((await kind.ensure(inputs, { ...state, mode: "0644" })).writtenAt).toBe(state.writtenAt);
  });

  test("the content is in no command line", async () => {
    server.commands.length = 0;
    await kind.ensure({ ...inputs, content: "s3cret" });
    expect(server.commands.length).toBe(1);
    expect(JSON.stringify(server.commands)).not.toContain("s3cret");
  });
});

describe("validation", () => {
  test("sees the candidate with its final content, owner and mode, through every {}", async () => {
    const seen = path.join(folder, "seen");
    const check = 'cat "$1" >"$3"; stat -c %a "$1" >>"$3"; printf %s "$2" >>"$3"';
    await kind.ensure({ ...inputs, validate: ["sh", "-c", check, "check", "{}", "--config={}:/etc/x:ro", seen] });
    const candidate = path.join(folder, ".x.conf.candidate");
    expect(readFileSync(seen, "utf8")).toBe(`one\n640\n--config=${candidate}:/etc/x:ro`);
  });

  test("that refuses leaves the old file as it was, no candidate, and says why", async () => {
    await kind.ensure(inputs);
    const refused = kind.ensure({
      ...inputs,
      content: "broken",
      mode: "0600",
      validate: ["sh", "-c", "echo line 3 is odd; exit 2", "check", "{}"],
    });
    await expect(refused).rejects.toThrow(/exited with 2: line 3 is odd/);
    expect([readFileSync(inputs.path, "utf8"), permissions(inputs.path)]).toEqual(["one\n", "0640"]);
    expect(readdirSync(folder)).toEqual(["x.conf"]);
  });

  test("that refuses a first file leaves none", async () => {
    await expect(kind.ensure({ ...inputs, validate: ["false"] })).rejects.toThrow("exited with 1");
    expect(readdirSync(folder)).toEqual([]);
  });

  test("arguments reach it as they are", async () => {
    const seen = path.join(folder, "seen");
    const odd = ["a b", "'", "$(id)", "", "*", "\\n"];
    await kind.ensure({
      ...inputs,
      validate: ["sh", "-c", 'seen=$1; shift; printf "%s\\n" "$@" >"$seen"', "check", seen, ...odd],
    });
    expect(readFileSync(seen, "utf8")).toBe(odd.map((argument) => `${argument}\n`).join(""));
  });
});

describe("observe", () => {
  test("a file that is gone", async () => {
    expect(await kind.observe(state)).toBeUndefined();
  });

  test("content and mode that somebody changed", async () => {
    await kind.ensure(inputs);
    writeFileSync(inputs.path, "edited\n");
    chmodSync(inputs.path, 0o4755);
    expect(await kind.observe(state)).toEqual({ ...state, content: "edited\n", mode: "4755" });
  });

  test("a folder in its place is an error that names path and host", async () => {
    await expect(kind.observe({ ...state, path: folder })).rejects.toThrow(`cannot read ${folder} on 127.0.0.1`);
  });
});

describe("C1: a content that is bound to what a program has made of it", () => {
  const bound = "secrets:saltKey cannot be changed: the keys are encrypted with the one of before";

  beforeEach(async () => {
    inputs = { ...inputs, bound };
    state = { ...(await kind.ensure(inputs)) };
  });

  test("takes no other, says why and what to do, and keeps the file", async () => {
    await expect(kind.ensure({ ...inputs, content: "two\n" }, state)).rejects.toThrow(
      `${bound}. Give it the value of before again; one that the stack made comes back once it is out of the stack's file. ` +
        `To write the new one all the same, remove ${inputs.path} on 127.0.0.1, then run \`refresh\` and \`up\``,
    );
    expect(readFileSync(inputs.path, "utf8")).toBe("one\n");
  });

  test("takes its own again, also where somebody edited the file", async () => {
    writeFileSync(inputs.path, "edited\n");
    const seen = await kind.observe(state);
    expect(seen?.content).not.toBe("one\n");
    await kind.ensure(inputs, seen);
    expect(readFileSync(inputs.path, "utf8")).toBe("one\n");
    await kind.ensure({ ...inputs, mode: "0600" }, await kind.observe(state));
    expect(permissions(inputs.path)).toBe("0600");
  });

  test("is no difference by itself to a state that does not know of it", async () => {
    const old: Partial<RemoteFileState> & { version: number } = { ...state, version: 1 };
    delete old.bound;
    expect(await implement(kind).diff("id", old, inputs)).toMatchObject({ changes: false });
  });
});

describe("remove", () => {
  test("takes the file away, and is content when it is gone", async () => {
    await kind.ensure(inputs);
    await kind.remove(state);
    expect(existsSync(inputs.path)).toBe(false);
    await expect(kind.remove(state)).resolves.toBeUndefined();
  });
});

describe("check", () => {
  test.each([
    [{ path: "x.conf" }, "path", "expected an absolute path, found x.conf"],
    [{ owner: "root" }, "owner", "expected uid:gid in numbers, found root"],
    [{ owner: "0" }, "owner", "expected uid:gid in numbers, found 0"],
    [{ mode: "640" }, "mode", "expected four octal digits, found 640"],
    [{ mode: "0888" }, "mode", "expected four octal digits, found 0888"],
  ])("%p is refused", (change, property, reason) => {
    expect(kind.check?.({ ...inputs, ...change })).toEqual([{ property, reason }]);
  });

  test("correct inputs are accepted", () => {
    expect(kind.check?.(inputs)).toEqual([]);
  });
});
