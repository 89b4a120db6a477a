import type { Manifest } from "../../../../commands/backups/manifest";
import { chosenSet } from "../../../../commands/restore/chosen";

const set = (sequence: number, day: string) => ({
  set: `0000${String(sequence).padStart(2, "0")}-202611${day}T025500Z`,
  sequence,
  started: `2026-11-${day}T02:55:00Z`,
});

/** The host's own, of the last two nights. */
const OWN = [set(28, "28"), set(29, "29")] as unknown as Manifest[];

const copy = (sequence: number, day: string, host = "sese-ai") => {
  const { started: time, set: name } = set(sequence, day);
  return { id: "ab12", host, time, set: name, bytes: 1000 * sequence };
};

const COPIES = [copy(3, "03"), copy(10, "10"), copy(11, "11", "seko-vpn"), copy(29, "29")];

const chosen = (at: string, copies: typeof COPIES | undefined = COPIES, own = OWN) =>
  chosenSet({ host: "sese-ai", at }, own, () => Promise.resolve(copies));

test.each([
  ["", "000029-20261129T025500Z"],
  ["28", "000028-20261128T025500Z"],
  ["2026-11-28T12:00:00Z", "000028-20261128T025500Z"],
])("AT=%s is the host's own set %s, and nobody asks elsewhere", async (at, name) => {
  const nobody = (): Promise<never> => Promise.reject(new Error("elsewhere was asked"));
  expect((await chosenSet({ host: "sese-ai", at }, OWN, nobody)).set).toBe(name);
});

test.each([
  ["2026-11-12", "000010-20261110T025500Z", 10_000],
  ["000003-20261103T025500Z", "000003-20261103T025500Z", 3000],
])("AT=%s is older than the host's own: %s of elsewhere", async (at, name, bytes) => {
  expect(await chosen(at)).toEqual({
    set: name,
    started: `2026-11-${name.slice(13, 15)}T02:55:00Z`,
    elsewhere: { bytes },
  });
});

describe("where the host has an old set again, for an earlier restore", () => {
  const own = [set(3, "03"), ...OWN] as unknown as Manifest[];

  test.each([
    ["2026-11-12", "000010-20261110T025500Z", { bytes: 10_000 }],
    ["2026-11-09", "000003-20261103T025500Z", undefined],
    ["000003", "000003-20261103T025500Z", undefined],
    ["000003-20261103T025500Z", "000003-20261103T025500Z", undefined],
  ])("AT=%s is %s, the newest one of before", async (at, name, elsewhere) => {
    const { set: found, elsewhere: from } = await chosen(at, COPIES, own);
    expect([found, from]).toEqual([name, elsewhere]);
  });

  test("it is the one of before in a stack without copies", async () => {
    const { set: found } = await chosenSet({ host: "sese-ai", at: "2026-11-12" }, own, () =>
      Promise.resolve(undefined),
    );
    expect(found).toBe("000003-20261103T025500Z");
  });
});

test("a host without sets has the newest one of elsewhere", async () => {
  expect((await chosen("", COPIES, [])).set).toBe("000029-20261129T025500Z");
});

test("what is nowhere is said with what there is", async () => {
  await expect(chosen("2026-11-01")).rejects.toThrow(
    "sese-ai: expected a copy elsewhere by 2026-11-01, found none; there are 000003-20261103T025500Z, 000010-20261110T025500Z, 000029-20261129T025500Z",
  );
  await expect(chosenSet({ host: "sese-ai", at: "yesterday" }, OWN, () => Promise.resolve(undefined))).rejects.toThrow(
    "found yesterday; there are 000028-",
  );
});
