import type { Backup } from "../../../../model/backup";
import { defineCapability } from "../../../../model/capability";
import { declaredBackups, doneBackups } from "../../../../platforms/policies/backups";
import { uniqueClaims } from "../../../../platforms/policies/names";
import { servedUses } from "../../../../platforms/policies/needs";
import { serviceWith as service } from "../../../service";
import { saidBy } from "../plan";

const shelf = defineCapability<object, { label: string; backup?: Backup }>({
  name: "shelf",
  when: "before",
  claims: ({ label }) => [`shelf ${label}`],
  keeps: ({ backup = { kind: "files" } }) => backup,
});

const server = (name: string) => service({ name, offers: [shelf.offer({})] });
const client = (name: string, label: string, from?: string) =>
  service({ name, uses: [shelf.request({ label }, from === undefined ? {} : { from })] });

describe("somebody serves what a service uses", () => {
  test("on its own host, or another", () => {
    expect(saidBy(servedUses, { one: [client("a", "x"), server("s")] })).toEqual([]);
    expect(saidBy(servedUses, { one: [client("a", "x")], two: [server("s")] })).toEqual([]);
  });

  test("nobody does", () => {
    expect(saidBy(servedUses, { one: [client("a", "x")], two: [service({})] })).toEqual([
      "one/a: uses a shelf, which no service of the stack offers",
    ]);
  });

  test("not the one that is asked for", () => {
    expect(saidBy(servedUses, { one: [client("a", "x", "t"), server("s")] })).toEqual([
      "one/a: uses a shelf of t, which no service of the stack offers",
    ]);
  });
});

describe("what may exist once in a server", () => {
  test("belongs to one service, also where the other is on another host", () => {
    const expected = "the shelf x in s on two belongs to more than one service";
    expect(saidBy(uniqueClaims, { one: [client("a", "x"), client("b", "x")], two: [server("s")] })).toEqual([
      `one/a, one/b: ${expected}`,
    ]);
    expect(saidBy(uniqueClaims, { one: [client("a", "x")], two: [server("s"), client("b", "x")] })).toEqual([
      `one/a, two/b: ${expected}`,
    ]);
  });

  test("may exist in each of two servers, on one host or two", () => {
    const both = { one: [server("s"), server("t"), client("a", "x", "s"), client("b", "x", "t")] };
    expect(saidBy(uniqueClaims, both)).toEqual([]);
    const apart = { one: [server("s"), client("a", "x")], two: [server("t"), client("b", "x")] };
    expect(saidBy(uniqueClaims, apart)).toEqual([]);
    expect(saidBy(uniqueClaims, { one: [server("s"), client("a", "x"), client("b", "y")] })).toEqual([]);
  });

  test("is told once, even where one service asks for it twice", () => {
    const twice = service({ name: "a", uses: [shelf.request({ label: "x" }), shelf.request({ label: "x" })] });
    expect(saidBy(uniqueClaims, { one: [server("s"), twice] })).toEqual([
      "one/a: the shelf x in s on one belongs to more than one service",
    ]);
  });
});

describe("every datum says how it is kept safe", () => {
  const NOTHING = undefined as unknown as Backup;
  const UNKNOWN = { kind: "hope" } as unknown as Backup;
  const SILENT = { kind: "none", reason: "" } as const;

  test("each data folder by itself", () => {
    const data = [
      { path: "/a", backup: { kind: "files" } as const },
      { path: "/b", backup: NOTHING },
      { path: "/c", backup: SILENT },
      { path: "/d", backup: UNKNOWN },
      { path: "/e", backup: { kind: "none", reason: "a cache" } as const },
    ];
    expect(saidBy(declaredBackups, { one: [service({ data })] })).toEqual([
      "one/one: data in /b without a backup declaration",
      "one/one: data in /c without a complete backup declaration",
      "one/one: data in /d without a complete backup declaration",
    ]);
  });

  test("each request for something that holds data by itself", () => {
    const uses = [
      shelf.request({ label: "kept" }),
      shelf.request({ label: "silent", backup: SILENT }),
      shelf.request({ label: "unknown", backup: UNKNOWN }),
      shelf.request({ label: "excused", backup: { kind: "none", reason: "made anew" } }),
    ];
    expect(saidBy(declaredBackups, { one: [server("s"), service({ uses })] })).toEqual([
      "one/one: shelf silent without a complete backup declaration",
      "one/one: shelf unknown without a complete backup declaration",
    ]);
  });
});

describe("what is declared is done", () => {
  const method = { name: "method", script: "" };
  const box = defineCapability<object, { label: string; backup?: Backup }>({
    name: "box",
    when: "before",
    claims: ({ label }) => [`box ${label}`],
    keeps: ({ backup = { kind: "qdrant-snapshot" } }) => backup,
    backup: () => ({ method }),
  });
  const DATA = [{ path: "/a", backup: { kind: "redis-snapshot" } as const }];

  test("a folder whose files are not simply copied has a method", () => {
    expect(saidBy(doneBackups, { one: [service({ data: DATA })] })).toEqual([
      "one/one: data in /a with the backup redis-snapshot, which one has no method for",
    ]);
    expect(saidBy(doneBackups, { one: [service({ data: DATA, backups: [{ method }] })] })).toEqual([]);
    expect(saidBy(doneBackups, { one: [service({ data: DATA, offers: [box.offer({})] })] })).toEqual([]);
    const copied = [{ path: "/a", backup: { kind: "files" } as const }];
    expect(saidBy(doneBackups, { one: [service({ data: copied })] })).toEqual([]);
  });

  test("a server has one for what others keep in it", () => {
    const uses = [
      shelf.request({ label: "x" }),
      shelf.request({ label: "y", backup: { kind: "none", reason: "made anew" } }),
    ];
    expect(saidBy(doneBackups, { one: [server("s"), service({ uses })] })).toEqual([
      "one/one: shelf x with the backup files, which s has no method for",
    ]);
    const boxes = service({ name: "boxes", offers: [box.offer({})] });
    expect(saidBy(doneBackups, { one: [boxes, service({ uses: [box.request({ label: "z" })] })] })).toEqual([]);
  });
});
