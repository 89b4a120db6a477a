import "../without-sdk";
import { pauses } from "../pauses";
import { implement } from "../../../../providers/implementation";
import {
  type OvhZoneRecordsInputs,
  ovhZoneRecordsKind as kind,
  type OvhZoneRecordsState,
} from "../../../../providers/resources/ovh-zone-records";
import { Unreadable } from "../../../../providers/unreadable";
import { KEYS, OvhApiServer } from "../../../ovh-api/api";

const ROOT = { name: "", type: "A", target: "192.0.2.1" } as const;
const COUCH = { name: "couch", type: "A", target: "192.0.2.1" } as const;
const SINGA = { name: "singa", type: "AAAA", target: "2001:db8::2" } as const;

let api: OvhApiServer;
let inputs: OvhZoneRecordsInputs;
let said: jest.SpyInstance;

beforeEach(async () => {
  pauses.mockClear();
  said = jest.spyOn(console, "error").mockImplementation(() => undefined);
  api = new OvhApiServer();
  const endpoint = await api.start();
  inputs = { ...KEYS, endpoint, zone: "example.org", records: [ROOT, COUCH, SINGA], ttl: 3600, adopt: [] };
  // What a zone has from the beginning, and is not ours.
  api.zone.put("", "NS", "dns1.ovh.net.");
  api.zone.put("www", "A", "198.51.100.9");
});

afterEach(async () => {
  said.mockRestore();
  await api.stop();
});

const FOREIGN = ["NS dns1.ovh.net.", "www A 198.51.100.9"];
const WANTED = ["A 192.0.2.1", "couch A 192.0.2.1", "singa AAAA 2001:db8::2"];
const sorted = (...lines: readonly string[]): string[] => [...lines].sort();
const posts = (): number => api.calls.filter((call) => / 200$/.test(call) && /^POST .*record /.test(call)).length;
const idOf = (subDomain: string): number =>
  [...api.zone.records.values()].find((one) => one.subDomain === subDomain && one.fieldType !== "NS")?.id ?? 0;
const edit = (subDomain: string, target: string): void => {
  Object.assign(api.zone.records.get(idOf(subDomain)) ?? {}, { target });
};

const recordsOf = async (state: OvhZoneRecordsState) => (await kind.observe(state))?.records;

describe("records that are not there", () => {
  test("are made, with one refresh, and nothing else is touched", async () => {
    await kind.ensure(inputs);
    expect(api.zone.answers).toEqual(sorted(...FOREIGN, ...WANTED));
    expect(api.changes).toEqual(["POST record", "POST record", "POST record", "POST refresh"]);
    expect([...api.zone.records.values()].filter(({ subDomain }) => subDomain === "couch")).toMatchObject([
      { fieldType: "A", target: "192.0.2.1", ttl: 3600 },
    ]);
  });

  test("are what is observed then, and a second run has nothing to do", async () => {
    const state = await kind.ensure(inputs);
    expect(await kind.observe(state)).toEqual(state);
    const { diff } = implement(kind);
    expect(await diff("", { ...state, version: kind.version }, inputs)).toMatchObject({ changes: false, replaces: [] });
  });

  test("go with the stack, and nothing else does", async () => {
    const state = await kind.ensure(inputs);
    await kind.remove(state);
    expect(api.zone.answers).toEqual(sorted(...FOREIGN));
    await kind.remove(state);
  });

  test("come and go one by one", async () => {
    const state = await kind.ensure(inputs);
    await kind.ensure({ ...inputs, records: [ROOT, { ...SINGA, name: "relay" }] }, state);
    expect(api.zone.answers).toEqual(sorted(...FOREIGN, "A 192.0.2.1", "relay AAAA 2001:db8::2"));
    expect(api.zone.refreshes).toBe(2);
  });
});

describe("a preview", () => {
  test("asks nobody", async () => {
    const { check, diff } = implement(kind);
    await check(inputs, inputs);
    await diff("", { ...inputs, records: [ROOT], version: kind.version }, inputs);
    expect(api.calls).toEqual([]);
  });

  test.each([
    [
      "a type that the address is not of",
      { records: [{ ...COUCH, type: "AAAA" as const }] },
      "records",
      /AAAA 192.0.2.1/,
    ],
    ["a name in capitals", { records: [{ ...COUCH, name: "Couch" }] }, "records", /found "Couch"/],
    ["a name twice", { records: [COUCH, { ...COUCH, target: "192.0.2.2" }] }, "records", /A of "couch" twice/],
    ["a zone that is none", { zone: "example org" }, "zone", /found example org/],
    ["a short time to live", { ttl: 5 }, "ttl", /60 or more, found 5/],
    ["an endpoint with a slash", { endpoint: "https://eu.api.ovh.com/1.0/" }, "endpoint", /without a slash/],
  ])("refuses %s", (_what, change, property, reason) => {
    expect(kind.check?.({ ...inputs, ...change })).toEqual([
      { property, reason: expect.stringMatching(reason) as string },
    ]);
  });

  test("takes what is right", () => {
    expect(kind.check?.(inputs)).toEqual([]);
  });
});

describe("a record that is there already", () => {
  test("with the same value is adopted, and stays when the stack goes", async () => {
    const id = api.zone.put("couch", "A", "192.0.2.1");
    const state = await kind.ensure(inputs);
    expect(posts()).toBe(2);
    expect(state.managed.find(({ name }) => name === "couch")).toEqual({ ...COUCH, id, isMade: false });
    await kind.remove(state);
    expect(api.zone.answers).toEqual(sorted(...FOREIGN, "couch A 192.0.2.1"));
    expect(said).toHaveBeenCalledWith(expect.stringContaining("couch.example.org A 192.0.2.1 stays"));
  });

  test.each([
    ["A", "203.0.113.5"],
    ["CNAME", "elsewhere.example.net."],
  ])("with another value (%s) stops the run before anything is changed", async (type, target) => {
    api.zone.put("couch", type, target);
    await expect(kind.ensure(inputs)).rejects.toThrow(
      `found couch.example.org ${type} ${target}: remove it at OVH, or have it replaced by vpai:ovh.adoptNames: ["couch"]. Nothing was changed`,
    );
    expect(api.changes).toEqual([]);
  });

  test("with another value makes way when told", async () => {
    api.zone.put("couch", "CNAME", "elsewhere.example.net.");
    const state = await kind.ensure({ ...inputs, adopt: ["couch"] });
    expect(api.zone.answers).toEqual(sorted(...FOREIGN, ...WANTED));
    await kind.remove(state);
    expect(api.zone.answers).toEqual(sorted(...FOREIGN));
  });

  test("and is a second one of the name stops the run, too", async () => {
    api.zone.put("couch", "A", "192.0.2.1");
    api.zone.put("couch", "A", "203.0.113.5");
    await expect(kind.ensure(inputs)).rejects.toThrow("found couch.example.org A 203.0.113.5");
  });

  test("of another type is left alone", async () => {
    api.zone.put("couch", "TXT", '"hello"');
    api.zone.put("couch", "AAAA", "2001:db8::9");
    await kind.ensure(inputs);
    expect(api.zone.answers).toEqual(sorted(...FOREIGN, ...WANTED, 'couch TXT "hello"', "couch AAAA 2001:db8::9"));
  });
});

describe("what somebody changed by hand", () => {
  test("is seen and repaired: another address", async () => {
    const state = await kind.ensure(inputs);
    edit("couch", "203.0.113.5");
    const drifted = (await kind.observe(state)) as OvhZoneRecordsState;
    expect(drifted.records).toEqual([ROOT, { ...COUCH, target: "203.0.113.5" }, SINGA]);
    await kind.ensure(inputs, drifted);
    expect(api.zone.answers).toEqual(sorted(...FOREIGN, ...WANTED));
    expect(await recordsOf(state)).toEqual(inputs.records);
  });

  test("is seen and repaired: a removed record", async () => {
    const state = await kind.ensure(inputs);
    api.zone.records.delete(idOf("singa"));
    const drifted = (await kind.observe(state)) as OvhZoneRecordsState;
    expect(drifted.records).toEqual([ROOT, COUCH]);
    expect((await kind.ensure(inputs, drifted)).records).toEqual(inputs.records);
    expect(api.zone.answers).toEqual(sorted(...FOREIGN, ...WANTED));
  });

  test("is seen and repaired: another time to live", async () => {
    const state = await kind.ensure(inputs);
    Object.assign(api.zone.records.get(idOf("couch")) ?? {}, { ttl: 60 });
    const drifted = (await kind.observe(state)) as OvhZoneRecordsState;
    expect(drifted.ttl).toBe(60);
    expect((await kind.observe(await kind.ensure(inputs, drifted)))?.ttl).toBe(3600);
  });

  test("is seen, and is theirs to remove: a second address of the name", async () => {
    const state = await kind.ensure(inputs);
    api.zone.put("couch", "A", "203.0.113.5");
    const drifted = (await kind.observe(state)) as OvhZoneRecordsState;
    expect(drifted.records).toEqual([ROOT, COUCH, { ...COUCH, target: "203.0.113.5" }, SINGA]);
    await expect(kind.ensure(inputs, drifted)).rejects.toThrow("found couch.example.org A 203.0.113.5");
  });

  test("stays where the stack no longer wants the name", async () => {
    const state = await kind.ensure(inputs);
    edit("couch", "203.0.113.5");
    await kind.remove(state);
    expect(api.zone.answers).toEqual(sorted(...FOREIGN, "couch A 203.0.113.5"));
  });
});

describe("an interrupted run", () => {
  test("that had made one record and served nothing is finished by the next one, and nothing is there twice", async () => {
    api.fail(
      ...Array<{ request: string; status: number }>(5).fill({
        request: "POST /domain/zone/example.org/refresh",
        status: 503,
      }),
    );
    await expect(kind.ensure({ ...inputs, records: [COUCH] })).rejects.toThrow("found 503: try again later");
    expect(api.zone.answers).toEqual(sorted(...FOREIGN));
    await kind.ensure(inputs);
    expect(api.zone.answers).toEqual(sorted(...FOREIGN, ...WANTED));
    expect(api.zone.records.size).toBe(FOREIGN.length + WANTED.length);
  });

  test("that failed leaves no record that nobody would know as the stack's", async () => {
    const refused = Array<{ request: string; status: number }>(5).fill({
      request: "POST /domain/zone/example.org/refresh",
      status: 503,
    });
    api.fail(...refused);
    await expect(kind.ensure(inputs)).rejects.toThrow("found 503: try again later");
    expect(api.zone.records.size).toBe(FOREIGN.length);
    await kind.remove(await kind.ensure(inputs));
    expect(api.zone.records.size).toBe(FOREIGN.length);
  });

  test("that cannot take back what it has made says which records it leaves", async () => {
    const away = ["POST /domain/zone/example.org/refresh", "DELETE /domain/zone/example.org/record"];
    for (const request of away)
      api.fail(...Array<{ request: string; status: number }>(5).fill({ request, status: 503 }));
    await expect(kind.ensure({ ...inputs, records: [COUCH] })).rejects.toThrow("refresh");
    expect(said.mock.calls).toEqual([
      [expect.stringContaining("warning: couch.example.org A 192.0.2.1: made at OVH by this run, which failed")],
    ]);
  });

  test("whose record arrived and whose answer was lost makes it once", async () => {
    api.fail({ request: "POST /domain/zone/example.org/record", isLost: true });
    const state = await kind.ensure(inputs);
    expect(posts()).toBe(3);
    expect(state.managed.map(({ isMade }) => isMade)).toEqual([true, true, true]);
    expect(api.zone.answers).toEqual(sorted(...FOREIGN, ...WANTED));
  });
});

describe("the API", () => {
  test.each([300, -300, 7200])("is asked by its own clock, %d s away from ours", async (ahead) => {
    api.ahead = ahead;
    await kind.ensure(inputs);
    expect(api.zone.answers).toEqual(sorted(...FOREIGN, ...WANTED));
  });

  test.each([
    [
      "application key",
      { applicationKey: "wrong-wrong-wrong" },
      /the application key is not one of this API: compare secrets:ovhApplicationKey$/,
    ],
    [
      "application secret",
      { applicationSecret: "wrong-wrong-wrong" },
      /the application secret does not belong to the application key: compare secrets:ovhApplicationSecret$/,
    ],
    [
      "consumer key",
      { consumerKey: "wrong-wrong-wrong" },
      /the consumer key is not valid, or no longer: create a new one and give it as secrets:ovhConsumerKey$/,
    ],
  ])("refuses a wrong %s, in one sentence without it", async (_which, change, sentence) => {
    const refusal = kind.ensure({ ...inputs, ...change });
    await expect(refusal).rejects.toThrow(sentence);
    await expect(refusal).rejects.not.toThrow(/wrong-wrong-wrong|\n/);
    expect(pauses).not.toHaveBeenCalled();
  });

  test("refuses a consumer key that may only read, when the first record is made", async () => {
    api.granted = ["GET"];
    await expect(kind.ensure(inputs)).rejects.toThrow(/it needs GET, POST, PUT and DELETE on \/domain\/zone/);
    expect(api.zone.answers).toEqual(sorted(...FOREIGN));
  });

  test("has no such zone", async () => {
    await expect(kind.ensure({ ...inputs, zone: "example.net" })).rejects.toThrow(
      /expected a success, found 404: This service does not exist$/,
    );
  });

  test.each([429, 500, 503])("is asked again after %d, with longer and longer pauses", async (status) => {
    api.fail({ request: "GET", status }, { request: "GET", status }, { request: "POST", status });
    await kind.ensure(inputs);
    expect(pauses.mock.calls).toEqual([[1000], [2000], [1000]]);
    expect(api.zone.answers).toEqual(sorted(...FOREIGN, ...WANTED));
  });

  test("says when it wants to be asked again, and is waited for half a minute at most", async () => {
    api.fail(
      { request: "GET", status: 429, headers: { "retry-after": "7" } },
      { request: "GET", status: 429, headers: { "retry-after": "3600" } },
    );
    await kind.ensure(inputs);
    expect(pauses.mock.calls).toEqual([[7000], [30_000]]);
  });

  test("is given up after five tries", async () => {
    api.fail(...Array<{ request: string; status: number }>(9).fill({ request: "GET", status: 502 }));
    await expect(kind.ensure(inputs)).rejects.toThrow(/expected an answer, found 502: try again later$/);
    expect([pauses.mock.calls.length, api.calls.length]).toEqual([4, 5]);
  });

  test("that takes the keys no longer is no drift", async () => {
    const state = await kind.ensure(inputs);
    const refused = kind.observe({ ...state, consumerKey: "wrong-wrong-wrong" });
    await expect(refused).rejects.toThrow(Unreadable);
    await expect(refused).rejects.toThrow("the consumer key is not valid");
  });

  test("that is away is no drift", async () => {
    const state = await kind.ensure(inputs);
    await api.stop();
    await expect(kind.observe(state)).rejects.toThrow(Unreadable);
    await expect(kind.observe(state)).rejects.toThrow(/found none \(ECONNREFUSED\)/);
  });
});
