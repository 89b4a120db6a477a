import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { FakeCouchdb } from "./server";

/** A vault for one test, and folders that go with it. */
export interface TestVault {
  couchdb: FakeCouchdb;
  settings: { url: string; database: string; user: string; passwordFile: string };
  folder: string;
  end: () => Promise<void>;
}

/** Tries that do not keep a test waiting. */
export const HASTE = { attempts: 3, firstDelay: 0.01 };

export async function testVault(): Promise<TestVault> {
  const folder = mkdtempSync(path.join(tmpdir(), "vpai-notes-"));
  const passwordFile = path.join(folder, "password");
  writeFileSync(passwordFile, "vault-password\n");
  const couchdb = new FakeCouchdb("collector", "vault-password");
  await couchdb.start();
  return {
    couchdb,
    settings: { url: couchdb.url, database: couchdb.database, user: "collector", passwordFile },
    folder,
    end: async () => {
      await couchdb.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** What the plugin writes for a note of a person: its own pieces, small ones, with ids in base 36. */
export function typeNote(couchdb: FakeCouchdb, notePath: string, pieces: readonly string[], more: object = {}): void {
  const children = pieces.map((data, index) => {
    const id = `h:${Buffer.from(`${notePath}${index}${data}`).toString("hex").slice(-12)}z`;
    couchdb.force({ _id: id, type: "leaf", data });
    return id;
  });
  couchdb.force({
    _id: notePath.toLowerCase(),
    path: notePath,
    type: "plain",
    children,
    ctime: 1_700_000_000_000,
    mtime: 1_700_000_500_000,
    size: Buffer.byteLength(pieces.join("")),
    eden: {},
    ...more,
  });
}

/** A note's text, put together by the rules of the plugin's documents and by nothing of the programs. */
export function readAsPlugin(couchdb: FakeCouchdb, id: string): Buffer | undefined {
  const doc = couchdb.doc(id);
  if (doc === undefined || doc._deleted === true || doc["deleted"] === true) return undefined;
  const parts = (doc["children"] as string[]).map((piece) => couchdb.doc(piece)?.["data"] as string);
  const bytes =
    doc["type"] === "plain"
      ? Buffer.from(parts.join(""))
      : Buffer.concat(parts.map((one) => Buffer.from(one, "base64")));
  expect(doc["size"]).toBe(bytes.length);
  return bytes;
}
