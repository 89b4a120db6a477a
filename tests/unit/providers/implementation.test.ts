import "./without-sdk";
import { implementations } from "../../../providers";
import { type Implementation, implement, type Kind } from "../../../providers/implementation";
import { Unreadable } from "../../../providers/unreadable";

interface Inputs {
  path: string;
  owner: string;
  text: string;
  parts?: string[] | undefined;
}

/** Of the kinds whose implementation has changed since the first one. */
const VERSIONS: Record<string, number> = { healthGate: 2 };

const INPUTS: Inputs = { path: "/etc/x", owner: "root", text: "one" };

/** A kind that notes what is asked of it. */
function recorded(options: Partial<Kind<Inputs>> = {}): { kind: Kind<Inputs>; calls: unknown[][] } {
  const calls: unknown[][] = [];
  const kind: Kind<Inputs> = {
    version: 3,
    identity: ["path", "owner"],
    ensure: async (inputs, before) => (calls.push(["ensure", inputs, before]), inputs),
    observe: async (state) => (calls.push(["observe", state]), state),
    remove: async (state) => void calls.push(["remove", state]),
    ...options,
  };
  return { kind, calls };
}

const state = { ...INPUTS, version: 3 };

describe("diff", () => {
  const provider = implement(recorded().kind);

  test("nothing changed, nothing to do", async () => {
    expect(await provider.diff("id", state, { ...INPUTS })).toMatchObject({ changes: false, replaces: [] });
  });

  test("what Pulumi adds for itself is no change", async () => {
    const added = { ...INPUTS, __provider: "new source" };
    expect(await provider.diff("id", { ...state, __provider: "old source" }, added)).toMatchObject({ changes: false });
  });

  test("what only the state has is no change", async () => {
    expect(await provider.diff("id", { ...state, observed: "more" }, { ...INPUTS })).toMatchObject({ changes: false });
  });

  test("an input that older states lack is one only when it is more than new", async () => {
    const { diff } = implement(recorded({ added: ["parts"] }).kind);
    expect(await diff("id", state, { ...INPUTS, parts: ["a"] })).toMatchObject({ changes: false });
    expect(await diff("id", { ...state, parts: ["b"] }, { ...INPUTS, parts: ["a"] })).toMatchObject({ changes: true });
    expect(await provider.diff("id", state, { ...INPUTS, parts: ["a"] })).toMatchObject({ changes: true });
  });

  test("an optional input that is left out is a change where the state has it", async () => {
    const { diff } = implement(recorded({ optional: ["parts"] }).kind);
    expect(await diff("id", { ...state, parts: ["a"] }, { ...INPUTS })).toMatchObject({ changes: true, replaces: [] });
    expect(await diff("id", { ...state, parts: ["a"] }, { ...INPUTS, parts: ["a"] })).toMatchObject({ changes: false });
    expect(await diff("id", state, { ...INPUTS })).toMatchObject({ changes: false });
  });

  test("a member that is undefined is one that is not there", async () => {
    expect(await provider.diff("id", state, { ...INPUTS, parts: undefined })).toMatchObject({ changes: false });
    expect(await provider.diff("id", { ...state, parts: [] }, { ...INPUTS, parts: [] })).toMatchObject({
      changes: false,
    });
  });

  test.each([
    ["a value", { text: "two" }],
    ["a value deep inside", { parts: ["a"] }],
  ])("%s that changed is an update", async (_what, change) => {
    expect(await provider.diff("id", state, { ...INPUTS, ...change })).toEqual({
      changes: true,
      replaces: [],
      deleteBeforeReplace: true,
    });
  });

  test("another identity is another resource, and the old one goes first", async () => {
    expect(await provider.diff("id", state, { ...INPUTS, owner: "me", text: "two" })).toEqual({
      changes: true,
      replaces: ["owner"],
      deleteBeforeReplace: true,
    });
  });

  test("a newer implementation is applied anew, though no input changed", async () => {
    const old = { ...state, version: 2 };
    expect(await provider.diff("id", old, { ...INPUTS })).toMatchObject({ changes: true, replaces: [] });
  });

  test("touches nothing", async () => {
    const { kind, calls } = recorded();
    await implement(kind).diff("id", state, { ...INPUTS, text: "two" });
    expect(calls).toEqual([]);
  });
});

describe("check", () => {
  const kind = recorded({
    check: ({ path }) => (path.startsWith("/") ? [] : [{ property: "path", reason: "expected an absolute path" }]),
  }).kind;

  test("gives what the kind finds wrong, and the inputs as they were", async () => {
    const news = { ...INPUTS, path: "x" };
    expect(await implement(kind).check({}, news)).toEqual({
      inputs: news,
      failures: [{ property: "path", reason: "expected an absolute path" }],
    });
    expect(await implement(kind).check({}, INPUTS)).toEqual({ inputs: INPUTS, failures: [] });
  });

  test("waits with values that a preview does not know yet", async () => {
    // The engine's marker of an unknown string (sdk/go/common/resource/plugin, UnknownStringValue).
    const news = { ...INPUTS, path: "04da6b54-80e4-46f7-96ec-b56ff0331ba9" };
    expect(await implement(kind).check({}, news)).toEqual({ inputs: news, failures: [] });
  });

  test("a kind without rules accepts everything", async () => {
    expect(await implement(recorded().kind).check({}, INPUTS)).toEqual({ inputs: INPUTS, failures: [] });
  });
});

describe("T15: what held data and is gone", () => {
  const NOTED = { ...state, knownSince: "2026-03-01T12:30:59.000Z", goneSince: "2026-03-04T05:06:07.000Z" };
  const news = { ...INPUTS, resource: "host/database/x" };
  const FACTS = "(in the state since 2026-03-01 12:30 UTC, first missed 2026-03-04 05:06 UTC)";
  const warnings: string[] = [];

  /** One that is gone, titled after what a test is about, since a process says a sentence once. */
  const lost = (title: string, options: Partial<Kind<Inputs>> = {}) => {
    const { kind, calls } = recorded({
      title: () => title,
      holdsData: () => true,
      observe: async () => undefined,
      ensure: async (inputs, _before, makeAnew) => (makeAnew?.(), calls.push(["made"]), inputs),
      ...options,
    });
    return { provider: implement(kind), calls };
  };

  beforeEach(() => {
    warnings.length = 0;
    jest.spyOn(console, "error").mockImplementation((text: string) => void warnings.push(text));
    delete process.env["VPAI_RECREATE"];
  });

  afterEach(() => {
    jest.restoreAllMocks();
    delete process.env["VPAI_RECREATE"];
  });

  test("stays in the state, which notes when it was first missed", async () => {
    const { provider } = lost("one");
    const { props } = (await provider.read("id", state)) as { props: { goneSince: string } };
    expect(props).toEqual({ ...state, goneSince: expect.stringMatching(/^\d{4}-.*Z$/) as unknown });
    expect(await provider.read("id", NOTED)).toEqual({ id: "id", props: NOTED });
    expect(warnings.at(-1)).toBe(
      `warning: one is gone ${FACTS}. It held data: up stops at it until it is back, or until told to make it anew`,
    );
  });

  test("is a change, which each preview says", async () => {
    const { provider } = lost("two");
    expect(await provider.diff("id", NOTED, news)).toMatchObject({ changes: true, replaces: [] });
    expect(warnings).toEqual([expect.stringContaining("two is gone")]);
  });

  test("is not made anew, noted or not", async () => {
    const { provider, calls } = lost("three");
    await expect(provider.update("id", NOTED, news)).rejects.toThrow(
      `three is gone ${FACTS}. Look first at what there is of it: make backups, which tells nightly sets and copies elsewhere, ` +
        "and make releases SERVICE=…. What a set has comes back by make restore HOST=… SERVICE=…, into the empty one that a run makes " +
        "which is told so: make up RECREATE='host/database/x'. Or bring back by hand what it held, and run up again",
    );
    await expect(provider.update("id", state, news)).rejects.toThrow("three is gone (there no more now). Look first");
    expect(calls).toEqual([]);
  });

  test.each([
    ["its name", "host/database/x"],
    ["its name among others", "a/b, host/database/x  c"],
    ["the beginning of its name", "host/*"],
  ])("is made anew in a run that is told %s", async (how, told) => {
    process.env["VPAI_RECREATE"] = told;
    const { provider, calls } = lost(how);
    const { outs } = (await provider.update("id", NOTED, news)) as { outs: object };
    expect(outs).toEqual({ ...news, version: 3, knownSince: NOTED.knownSince });
    expect(calls).toEqual([["made"]]);
    expect(warnings).toEqual([`warning: ${how} is gone ${FACTS}, and is made anew, as told`]);
  });

  test.each(["host/database", "host/database/xy", "other/*", ""])("is not by %p", async (told) => {
    process.env["VPAI_RECREATE"] = told;
    await expect(lost("four").provider.update("id", NOTED, news)).rejects.toThrow("four is gone");
  });

  test("is not passed over by another connection alone", async () => {
    const { provider } = lost("five");
    const connection = { host: "a", port: 1 };
    const olds = { ...NOTED, connection: { host: "a", port: 22 } };
    await expect(provider.update("id", olds, { ...news, connection })).rejects.toThrow("five is gone");
  });

  test("is made without a question where the state knew nothing of it, and known from then on", async () => {
    const { provider, calls } = lost("six");
    expect(await provider.create(news)).toMatchObject({
      outs: { ...news, knownSince: expect.stringMatching(/^\d{4}-.*Z$/) as unknown },
    });
    expect(calls).toEqual([["made"]]);
    expect(warnings).toEqual([]);
  });

  test("is as if nothing had been once it is back", async () => {
    const { provider } = lost("seven", { observe: async (before) => before });
    const back = { ...state, knownSince: NOTED.knownSince };
    expect(await provider.read("id", NOTED)).toEqual({ id: "id", props: back });
    expect(await provider.diff("id", back, news)).toMatchObject({ changes: false });
    const found = lost("eight", { ensure: async (inputs) => inputs });
    expect(await found.provider.update("id", NOTED, news)).toEqual({
      outs: { ...news, version: 3, knownSince: NOTED.knownSince },
    });
  });

  test("a kind that holds none is made anew, and says nothing", async () => {
    const { provider, calls } = lost("nine", { holdsData: () => false });
    expect(await provider.read("id", state)).toEqual({});
    expect(await provider.update("id", state, INPUTS)).toEqual({ outs: state });
    expect(calls).toEqual([["made"]]);
    expect(warnings).toEqual([]);
  });

  test.each(["postgresDatabase", "qdrantCollection", "liteLlmKey", "n8nWorkflow", "remoteDirectory"])(
    "%s is of such a kind: its name is no difference to a state that lacks it",
    async (name) => {
      const { diff } = implementations[name] as Implementation;
      expect(await diff("id", { version: 1 }, { resource: "a" })).toMatchObject({ changes: false });
    },
  );
});

describe("T23: what cannot be read now", () => {
  const warnings: string[] = [];
  beforeEach(() => {
    warnings.length = 0;
    jest.spyOn(console, "error").mockImplementation((text: string) => void warnings.push(text));
  });
  afterEach(() => jest.restoreAllMocks());

  const unreadable = (error: Error, options: Partial<Kind<Inputs>> = {}) =>
    implement(recorded({ observe: () => Promise.reject(error), ...options }).kind);

  test("stays in the state as it is, and one sentence names it", async () => {
    const provider = unreadable(new Unreadable("the server is away"), { title: () => "database x" });
    const before = { ...state, goneSince: "2026-03-04T05:06:07.000Z", version: 2 };
    expect(await provider.read("id", before)).toEqual({ id: "id", props: before });
    expect(await provider.read("id", before)).toEqual({ id: "id", props: before });
    expect(warnings).toEqual([
      "warning: database x cannot be read now, and what the state says of it stays: the server is away",
    ]);
  });

  test("is named by its id where its kind has no words for it", async () => {
    await unreadable(new Unreadable("away")).read("id", state);
    expect(warnings).toEqual([expect.stringContaining("warning: /etc/x:root cannot be read now")]);
  });

  test("any other error is one", async () => {
    await expect(unreadable(new Error("no login")).read("id", state)).rejects.toThrow("no login");
    expect(warnings).toEqual([]);
  });
});

describe("another connection alone", () => {
  interface Reached extends Inputs {
    connection: { host: string; port: number };
  }
  const reached = (port: number, more: object = {}): Reached => ({
    ...INPUTS,
    connection: { host: "a", port },
    ...more,
  });
  const before = { ...reached(22), observed: "more", version: 3 };
  const recording = (options: Partial<Kind<Reached>> = {}) =>
    recorded(options as object) as unknown as {
      kind: Kind<Reached>;
      calls: unknown[][];
    };

  test("is a change that replaces nothing, also where the id is made of it", async () => {
    const { kind } = recording({ identity: ["path"], id: ({ connection }) => `${connection.host}:${connection.port}` });
    expect(await implement(kind).diff("a:22", before, reached(804))).toEqual({
      changes: true,
      replaces: [],
      deleteBeforeReplace: true,
    });
  });

  test("is noted in the state, without a step on the host", async () => {
    const { kind, calls } = recording();
    expect(await implement(kind).update("id", before, reached(804))).toEqual({
      outs: { ...reached(804), observed: "more", version: 3 },
    });
    expect(calls).toEqual([]);
  });

  test.each([
    ["another input", before, reached(804, { text: "two" })],
    ["a newer implementation", { ...before, version: 2 }, reached(804)],
  ])("together with %s is made so on the host", async (_what, olds, news) => {
    const { kind, calls } = recording();
    await implement(kind).update("id", olds, news);
    expect(calls).toEqual([["ensure", news, olds]]);
  });

  test("is tried where the connection is the point", async () => {
    const { kind, calls } = recording({ rehomes: false });
    await implement(kind).update("id", before, reached(804));
    expect(calls).toEqual([["ensure", reached(804), before]]);
  });

  test.each(Object.keys(implementations).filter((name) => name !== "dockerHost" && name !== "sshKey"))(
    "re-homes every %s without a login",
    async (name) => {
      const { diff, update } = implementations[name] as Implementation;
      const version = VERSIONS[name] ?? 1;
      // Nobody listens on this port: a login would fail.
      const connection = { host: "127.0.0.1", port: 1, user: "root", hostKey: "ssh-ed25519 AAAA" };
      const olds = { connection: { ...connection, port: 22 }, seen: "before", version };
      expect(await diff("id", olds, { connection })).toMatchObject({ changes: true, replaces: [] });
      expect(await update("id", olds, { connection })).toEqual({ outs: { ...olds, connection } });
    },
  );
});

describe("create, read, update, delete", () => {
  test("create ensures, and keeps what was observed with the implementation's version", async () => {
    const { kind, calls } = recorded({ ensure: async (inputs) => ({ ...inputs, text: "seen" }) });
    expect(await implement(kind).create(INPUTS)).toEqual({
      id: "/etc/x:root",
      outs: { ...INPUTS, text: "seen", version: 3 },
    });
    expect(calls).toEqual([]);
  });

  test("a kind may name its resources itself", async () => {
    const { kind } = recorded({ id: ({ text }) => `id of ${text}` });
    expect((await implement(kind).create(INPUTS)).id).toBe("id of one");
  });

  test("update ensures anew, knowing what was there", async () => {
    const { kind, calls } = recorded();
    const news = { ...INPUTS, text: "two" };
    expect(await implement(kind).update("id", state, news)).toEqual({ outs: { ...news, version: 3 } });
    expect(calls).toEqual([["ensure", news, state]]);
  });

  test("read gives what is there now; of what is gone not even the id", async () => {
    const drifted = recorded({ observe: async (before) => ({ ...before, text: "edited" }) });
    expect(await implement(drifted.kind).read("id", state)).toEqual({
      id: "id",
      props: { ...INPUTS, text: "edited", version: 3 },
    });
    const gone = recorded({ observe: async () => undefined });
    expect(await implement(gone.kind).read("id", state)).toEqual({});
  });

  test("read leaves it to the next update to apply a newer implementation", async () => {
    const provider = implement(recorded().kind);
    const old = { ...INPUTS, version: 2 };
    const { props } = (await provider.read("id", old)) as { props: object };
    expect(props).toEqual(old);
    expect(await provider.diff("id", props, { ...INPUTS })).toMatchObject({ changes: true, replaces: [] });
  });

  test("what was read back drifts in the next diff, field by field", async () => {
    const provider = implement(recorded({ observe: async (before) => ({ ...before, text: "edited" }) }).kind);
    const { props } = (await provider.read("id", state)) as { props: object };
    expect(await provider.diff("id", props, { ...INPUTS })).toMatchObject({ changes: true, replaces: [] });
  });

  test("delete removes; an error of the kind is the caller's", async () => {
    const { kind, calls } = recorded();
    await implement(kind).delete("id", state);
    expect(calls).toEqual([["remove", state]]);
    const failing = recorded({ ensure: () => Promise.reject(new Error("no space left")) });
    await expect(implement(failing.kind).create(INPUTS)).rejects.toThrow("no space left");
  });
});
