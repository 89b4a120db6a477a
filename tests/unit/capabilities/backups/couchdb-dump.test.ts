import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import os from "node:os";
import path from "node:path";
import { projectRoot } from "../../../../toolchain/environment";

/** A database whose documents are more than there is memory for. */

let folder: string;
let server: Server;
/** How many documents each request asked for. */
let asked: number[];

const IDS = Array.from({ length: 6 }, (_, index) => `h:${index}`);

/** Answers by the beginning of a path: six documents of a megabyte each. */
const answerTo = (url: string, body: string): object => {
  if (url === "/") return { version: "3.5.0" };
  if (url.startsWith("/_all_dbs")) return ["_users", "notes"];
  if (url.startsWith("/notes/_security")) return { members: { roles: ["_admin"] } };
  if (url.startsWith("/notes/_changes"))
    return { results: IDS.map((id) => ({ id, changes: [{ rev: "1-a" }] })), last_seq: 6 };
  const { docs } = JSON.parse(body) as { docs: { id: string }[] };
  asked.push(docs.length);
  const found = ({ id }: { id: string }) => ({ _id: id, _rev: "1-a", data: "x".repeat(1_000_000) });
  return { results: docs.map((doc) => ({ id: doc.id, docs: [{ ok: found(doc) }] })) };
};

beforeEach(async () => {
  folder = mkdtempSync(path.join(os.tmpdir(), "couchdb-dump-"));
  asked = [];
  server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      response.on("error", () => undefined);
      response.end(JSON.stringify(answerTo(request.url ?? "", Buffer.concat(chunks).toString())));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
});
afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  rmSync(folder, { recursive: true, force: true });
});

/** Runs the program, which finds its part's folder at the root of its container. @returns what it says */
function dump(): Promise<string> {
  const program = path.join(folder, "dump.mjs");
  const text = readFileSync(path.join(projectRoot, "capabilities/backups/couchdb-dump.mjs"), "utf8");
  writeFileSync(program, text.replaceAll("/part/", `${folder}/`));
  const { port } = server.address() as AddressInfo;
  const child = spawn(process.execPath, [program, String(port), "admin"], { stdio: ["pipe", "pipe", "pipe"] });
  let said = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk: Buffer) => (said += chunk.toString()));
  child.stdin.end("password\n");
  return new Promise((resolve) => child.on("close", (code) => resolve(`${said}${code}`)));
}

test("documents that are too much at once are asked for in halves, and all of them are in the dump", async () => {
  expect(await dump()).toBe("version\tCouchDB 3.5.0\n0");
  expect(asked).toEqual([6, 3, 3]);
  const lines = readFileSync(path.join(folder, "notes.ndjson"), "utf8").trim().split("\n");
  const values = lines.map((line) => JSON.parse(line) as { _id?: string; ids?: number; data?: string });
  expect(values.map(({ _id }) => _id)).toEqual([undefined, ...IDS, undefined]);
  expect(values.map(({ data }) => data?.length)).toEqual([undefined, ...IDS.map(() => 1_000_000), undefined]);
  expect(values.at(-1)).toEqual({ end: true, ids: 6 });
});
