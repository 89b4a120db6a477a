import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { eventually } from "../../eventually";
import { docker, hardened, image, inside, minute, run, start, useImages } from "../harness/containers";
import { projectRoot } from "../../../toolchain/environment";

/**
 * The notes' programs as their jobs run them: in the pinned Node's image, as its user, against the lab's CouchDB under production's
 * settings and a Git remote behind a real OpenSSH.
 */

useImages("couchdb", "node", "git-server");

const PASSWORD = "canary-password";
const VAULT = "obsidian_vault";

let folder: string;

const at = (...names: string[]): string => path.join(folder, ...names);

function put(name: string, content: string | Buffer, mode = 0o644): string {
  mkdirSync(path.dirname(at(name)), { recursive: true });
  writeFileSync(at(name), content);
  chmodSync(at(name), mode);
  return at(name);
}

/** Asks CouchDB from a container on its network. */
function ask(method: string, url: string, body?: object, who = "admin"): unknown {
  const data = body === undefined ? [] : ["-H", "content-type: application/json", "-d", JSON.stringify(body)];
  const target = `http://${run}-couchdb:5984${url}`;
  return JSON.parse(inside("client", "curl", "-sS", "-u", `${who}:${PASSWORD}`, "-X", method, ...data, target));
}

interface Doc {
  _rev: string;
  path: string;
  type: string;
  size: number;
  mtime: number;
  children: string[];
  [other: string]: unknown;
}

const doc = (id: string): Doc => ask("GET", `/${VAULT}/${encodeURIComponent(id)}`) as Doc;

/** A note as the plugin puts it together. */
function note(id: string): Buffer {
  const { children, type, size } = doc(id);
  const parts = children.map((piece) => (ask("GET", `/${VAULT}/${piece}`) as { data: string }).data);
  const bytes =
    type === "plain" ? Buffer.from(parts.join("")) : Buffer.concat(parts.map((one) => Buffer.from(one, "base64")));
  expect(bytes.length).toBe(size);
  return bytes;
}

/** Runs one of the programs as its job does. @returns its exit code and what it said */
function program(main: string, settings: object, ...options: string[]): { code: number; out: string; error: string } {
  const file = put(
    `settings-${main}.json`,
    JSON.stringify({ patience: { attempts: 3, firstDelay: 0.2 }, ...settings }),
  );
  const args = [
    ...["run", "--rm", "--network", run, ...hardened, "--user", "1000:1000", "--read-only", "--memory", "256m"],
    ...["--volume", `${path.join(projectRoot, "programs/notes")}:/etc/notes/program:ro`],
    ...["--volume", `${file}:/etc/notes/settings.json:ro`, "--volume", `${at("secrets")}:/run/secrets:ro`, ...options],
    ...[
      image("node"),
      "node",
      "--disable-warning=ExperimentalWarning",
      "--disable-warning=MODULE_TYPELESS_PACKAGE_JSON",
    ],
    ...[`/etc/notes/program/${main}`, "/etc/notes/settings.json"],
  ];
  try {
    return {
      code: 0,
      out: execFileSync("docker", args, { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] }),
      error: "",
    };
  } catch (error) {
    const { status, stdout, stderr } = error as { status: number; stdout: string; stderr: string };
    return { code: status, out: stdout, error: stderr };
  }
}

const couchdb = () => ({
  url: `http://${run}-couchdb:5984`,
  database: VAULT,
  user: "obsidian",
  passwordFile: "/run/secrets/couchdb_password",
});

const collect = (collector: string, ...sources: object[]): ReturnType<typeof program> =>
  program("collect.ts", { collector, couchdb: couchdb(), sources }, "--volume", `${at("data")}:/srv/data:ro`);

const openclaw = { kind: "openclaw", name: "openclaw", folder: "/srv/data/openclaw", into: ["OpenClaw"] };
const docs = { kind: "folder", name: "docs", folder: "/srv/data/docs", into: ["Infrastructure"] };
const renders = (name: string): object => ({
  kind: "renders",
  name,
  program: name,
  folder: `/srv/data/${name.toLowerCase()}`,
  into: ["Pi", name],
  pictureMiB: 8,
});

const dump = (knownHosts = "known_hosts"): ReturnType<typeof program> =>
  program(
    "dump.ts",
    {
      couchdb: couchdb(),
      tree: "/srv/vault",
      remote: {
        url: `git@${run}-git:vault.git`,
        branch: "main",
        keyFile: "/run/secrets/deploy_key",
        knownHostsFile: `/run/secrets/${knownHosts}`,
      },
    },
    ...["--volume", `${at("tree")}:/srv/vault`],
  );

const INI = `[couchdb]
single_node = true
uuid = 0123456789abcdef0123456789abcdef
[chttpd]
bind_address = 0.0.0.0
port = 5984
require_valid_user = true
[admins]
`;

/** A hash as CouchDB keeps it. */
async function hash(password: string): Promise<string> {
  const { pbkdf2Sync } = await import("node:crypto");
  return `-pbkdf2-${pbkdf2Sync(password, "5a17", 10, 20, "sha1").toString("hex")},5a17,10`;
}

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), "notes-"));
  chmodSync(folder, 0o755);
  const ini = put("local.ini", `${INI}admin = ${await hash(PASSWORD)}\n`);
  const settings = ["--env", "ERL_FLAGS=-couch_ini /opt/couchdb/etc/default.ini /etc/couchdb/local.ini"];
  start("couchdb", image("couchdb"), [...settings, "--volume", `${ini}:/etc/couchdb/local.ini:ro`]);
  start("client", image("node"), [], "sleep", "infinity");
  await eventually(() => expect(ask("GET", "/_up")).toMatchObject({ status: "ok" }), 60);
  const user = { name: "obsidian", password: PASSWORD, roles: [], type: "user" };
  ask("PUT", "/_users/org.couchdb.user:obsidian", user);
  ask("PUT", `/${VAULT}`);
  ask("PUT", `/${VAULT}/_security`, {
    admins: { names: [], roles: ["_admin"] },
    members: { names: ["obsidian"], roles: [] },
  });
  put("secrets/couchdb_password", PASSWORD);
  execFileSync("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-C", "", "-f", at("secrets/deploy_key")]);
  const authorized = put("authorized_keys", readFileSync(at("secrets/deploy_key.pub"), "utf8"));
  start("git", image("git-server"), ["--volume", `${authorized}:/etc/git-server/authorized_keys:ro`]);
  let key = "";
  await eventually(
    () => expect((key = inside("git", "cat", "/etc/ssh/ssh_host_ed25519_key.pub"))).toContain("ssh-"),
    60,
  );
  put("secrets/known_hosts", `${run}-git ${key.split(" ").slice(0, 2).join(" ")}\n`);
  put("secrets/other_hosts", `${run}-git ${readFileSync(at("secrets/deploy_key.pub"), "utf8")}`);
  mkdirSync(at("tree"));
  for (const name of ["secrets/deploy_key", "secrets/couchdb_password"]) chmodSync(at(name), 0o400);
  execFileSync("chown", ["-R", "1000:1000", at("tree"), at("secrets")]);
}, 5 * minute);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

const PICTURE = Buffer.from(Array.from({ length: 5_000_000 }, (_, index) => (index * 31 + (index >> 8)) % 256));

/** A file as it was an hour ago: what is younger than a minute may still be rendered. */
function putOld(name: string, content: string | Buffer): void {
  const file = put(name, content);
  const hour = Date.now() / 1000 - 3600;
  utimesSync(file, hour, hour);
}

test(
  "each collector's notes are in the vault, as the plugin reads them",
  () => {
    putOld("data/openclaw/workspace/SOUL.md", "I am main é🎉\n");
    putOld("data/openclaw/skills/search/SKILL.md", "how to search\n");
    const said = { type: "message", timestamp: "2026-02-22T09:00:01Z", message: { role: "user", content: "Hello" } };
    putOld("data/openclaw/agents/main/sessions/s1.jsonl", `${JSON.stringify(said)}\n`);
    putOld(`data/docs/${"long folder name ".repeat(8)}/${"é".repeat(100)}.md`, "deep\n");
    putOld("data/comfyui/fox_00001_.png", PICTURE);
    putOld("data/remotion/film.mp4", Buffer.alloc(1000));
    const first = collect("obsidian-collector", openclaw, docs);
    expect(first).toMatchObject({ code: 0, error: "" });
    expect(first.out).toContain("obsidian-collector: 4 written, 0 unchanged, 0 left alone, 0 removed");
    const pi = collect("obsidian-collector-pi", renders("ComfyUI"), renders("Remotion"));
    expect(pi).toMatchObject({ code: 0, error: "" });
    expect(pi.out).toContain("obsidian-collector-pi: 3 written, 0 unchanged, 0 left alone, 0 removed");
    expect(note("openclaw/agents/main/soul.md").toString()).toBe("I am main é🎉\n");
    expect(note("openclaw/sessions/main/s1.md").toString()).toContain("Hello");
    expect(note("pi/comfyui/fox_00001_.png").equals(PICTURE)).toBe(true);
    expect(note("pi/comfyui/fox_00001_.png.md").toString()).toContain("![[Pi/ComfyUI/fox_00001_.png]]");
    expect(note("pi/remotion/film.mp4.md").toString()).toContain('program: "Remotion"');
  },
  5 * minute,
);

test(
  "an unchanged note keeps its revision, and a person's change stays",
  () => {
    const before = doc("openclaw/agents/main/soul.md")._rev;
    expect(collect("obsidian-collector", openclaw, docs).out).toContain(": 0 written, 4 unchanged");
    expect(doc("openclaw/agents/main/soul.md")._rev).toBe(before);
    const theirs = doc("openclaw/skills/search/skill.md");
    ask("PUT", `/${VAULT}/h%3Aperson`, { type: "leaf", data: "my own words" });
    const edited = { ...theirs, children: ["h:person"], size: 12, mtime: theirs.mtime + 60_000 };
    ask("PUT", `/${VAULT}/${encodeURIComponent("openclaw/skills/search/skill.md")}`, edited);
    putOld("data/openclaw/skills/search/SKILL.md", "how to search better\n");
    const again = collect("obsidian-collector", openclaw, docs);
    expect(again.out).toContain("left alone: OpenClaw/skills/search/SKILL.md: somebody changed it");
    expect(again.out).toContain(": 0 written, 3 unchanged, 1 left alone, 0 removed");
    expect(note("openclaw/skills/search/skill.md").toString()).toBe("my own words");
  },
  5 * minute,
);

test(
  "while CouchDB is down a collector tries again, fails in one line, and loses nothing",
  async () => {
    putOld("data/openclaw/workspace/NEW.md", "while it was down\n");
    docker("stop", `${run}-couchdb`);
    const down = collect("obsidian-collector", openclaw, docs);
    expect(down.code).toBe(1);
    expect(down.error.trim().split("\n")).toEqual([
      expect.stringMatching(/^http:\/\/.*-couchdb:5984\/obsidian_vault: expected a server, found none/),
    ]);
    expect(`${down.out}${down.error}`).not.toContain(PASSWORD);
    docker("start", `${run}-couchdb`);
    await eventually(() => expect(ask("GET", "/_up")).toMatchObject({ status: "ok" }), 60);
    expect(collect("obsidian-collector", openclaw, docs).out).toContain("written: OpenClaw/agents/main/NEW.md");
  },
  5 * minute,
);

const onServer = (...args: string[]): string =>
  docker(
    "exec",
    "--user",
    "git",
    `${run}-git`,
    "git",
    "-c",
    "core.quotePath=false",
    "-C",
    "/home/git/vault.git",
    ...args,
  );

test(
  "the dump commits the vault and pushes it over SSH, and does nothing when nothing changed",
  () => {
    const first = dump();
    expect(first).toMatchObject({ code: 0, error: "" });
    expect(first.out).toContain("; committed");
    expect(onServer("show", "main:OpenClaw/skills/search/SKILL.md")).toBe("my own words");
    expect(onServer("ls-tree", "-r", "--name-only", "main").split("\n")).toHaveLength(8);
    expect(onServer("cat-file", "-s", "main:Pi/ComfyUI/fox_00001_.png")).toBe("5000000");
    expect(readFileSync(at("tree/Pi/ComfyUI/fox_00001_.png")).equals(PICTURE)).toBe(true);
    const id = onServer("rev-parse", "main");
    expect(dump().out).toContain("0 files written, 0 removed; nothing new to commit");
    expect(onServer("rev-parse", "main")).toBe(id);
  },
  5 * minute,
);

test(
  "a server with another host key gets nothing, and one that is away gets everything with the next dump",
  async () => {
    rmSync(at("data/openclaw/workspace/NEW.md"));
    collect("obsidian-collector", openclaw, docs);
    const refused = dump("other_hosts");
    expect(refused.code).toBe(1);
    expect(refused.error).toMatch(
      /^vault dump: the history is committed here and not pushed: .*Host key verification failed/,
    );
    docker("stop", `${run}-git`);
    expect(dump()).toMatchObject({ code: 1, error: expect.stringContaining("not pushed") as string });
    docker("start", `${run}-git`);
    await eventually(() => expect(dump()).toMatchObject({ code: 0 }), 60);
    expect(onServer("log", "--format=%s", "main").split("\n")).toEqual(["Dump the vault", "Dump the vault"]);
    expect(onServer("ls-tree", "-r", "--name-only", "main")).not.toContain("NEW.md");
  },
  5 * minute,
);

test(
  "a dump that is killed is followed by a right one",
  async () => {
    putOld("data/docs/after.md", "after the kill\n");
    collect("obsidian-collector", openclaw, docs);
    for (const delay of [400, 900, 1500]) {
      const name = `${run}-killed`;
      docker(
        ...["run", "--detach", "--rm", "--name", name, "--network", run, "--user", "1000:1000"],
        ...["--volume", `${path.join(projectRoot, "programs/notes")}:/etc/notes/program:ro`],
        ...["--volume", `${at("settings-dump.ts.json")}:/etc/notes/settings.json:ro`],
        ...["--volume", `${at("secrets")}:/run/secrets:ro`, "--volume", `${at("tree")}:/srv/vault`],
        ...[image("node"), "node", "/etc/notes/program/dump.ts", "/etc/notes/settings.json"],
      );
      await new Promise((resolve) => setTimeout(resolve, delay));
      try {
        docker("kill", name);
      } catch {
        // It was done already.
      }
      await eventually(() => expect(docker("ps", "--all", "--quiet", "--filter", `name=${name}`)).toBe(""), 30);
    }
    expect(dump()).toMatchObject({ code: 0 });
    expect(onServer("show", "main:Infrastructure/after.md")).toBe("after the kill");
    inside("git", "su", "-s", "/bin/sh", "git", "-c", "git -C /home/git/vault.git fsck --strict");
  },
  5 * minute,
);
