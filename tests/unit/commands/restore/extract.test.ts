import "../../providers/without-sdk";
import { fake } from "../fake-pulumi";
import "../fake-lab";
import { writeFileSync } from "node:fs";
import type { Answer } from "../../../../providers/ssh/transport";
import { SshServer } from "../../providers/ssh-server";
import { runCommand } from "../run-command";

/** `make restore TO=…`: what the host is asked for, which lays a set out and replaces nothing (tests/unit/programs/backup/extract.test.ts). */

const OWN = "000028-20261128T025500Z";
const OLD = "000003-20261103T025500Z";

const BACKUP = `ExecStart="/bin/sh" "/opt/vpai/jobs/run" "3" "300" "10800" "/bin/bash" "/b/backup.sh" "/opt/vpai" "vpai_" "sha256:1" "run"\n`;
const OFFSITE = `ExecStart="/bin/sh" "job" "vpn_offsite" "--rm" "--name" "vpn_offsite" "--mount" "type=bind,source=/opt/vpn/data/offsite,target=/srv/offsite" "sha256:2" "/etc/offsite/offsite.sh" "push"\n`;
const PROGRAM = ["/bin/bash", "/b/backup.sh", "/opt/vpai", "vpai_", "sha256:1"];
const MANIFEST = {
  ...{ set: OWN, sequence: 28, started: "2026-11-28T02:55:00Z", ended: "2026-11-28T02:57:30Z" },
  ...{ bytes: 2048, parts: [] },
};
const COPIES = [{ id: "ab12", host: "sese-ai", time: "2026-11-03T02:55:00Z", set: OLD, bytes: 4096 }];

const said = (stdout: string, code = 0): Answer => ({ code, stdout, stderr: "" });

let server: SshServer;
/** Exit code of the host's word on the folder. */
let refusal: number;

/** A host with one set, and a hub with an older copy of it. */
function answer(argv: readonly string[]): Answer {
  if (argv.includes("backup-sese-ai.service")) return said(BACKUP);
  if (argv.includes("offsite.service")) return said(OFFSITE);
  if (argv.includes("manifests")) return said(`${JSON.stringify(MANIFEST)}\0`);
  if (argv[0] === "sh") return said(`${JSON.stringify(COPIES)}\0`);
  return said("", argv.includes("target") ? refusal : argv.includes("extract") ? 3 : 0);
}

/** What was done on the hosts, without what they were asked. */
const done = (): string[][] =>
  server.commands.filter(
    ([program, ...rest]) => !["systemctl", "sh"].includes(program ?? "") && !rest.includes("manifests"),
  );

beforeAll(async () => {
  server = await SshServer.start();
});
beforeEach(() => {
  fake.reset();
  server.commands.length = 0;
  server.respond = answer;
  refusal = 0;
  const { connection } = server;
  const hosts = {
    "sese-ai": {
      ...{ connection, publicAddress: "", services: { n8n: { container: "vpai_n8n" } } },
      jobs: { "backup-sese-ai": { unit: "backup-sese-ai.service" } },
    },
    hub: { connection, publicAddress: "", services: {}, jobs: { offsite: { unit: "offsite.service" } } },
  };
  writeFileSync(fake.backendFile("stacks", "vpai", "lab.json"), "{}");
  fake.answer({ stdout: JSON.stringify({ hosts }) });
});
afterAll(async () => {
  await server.stop();
  fake.remove();
});

const restore = (env: Record<string, string>) => runCommand("restore", { STACK: "lab", ...env });

test("the newest set of a service, without a question; the host's exit code is the command's", async () => {
  const { code, out } = await restore({ SERVICE: "n8n", TO: "/srv/look" });
  expect([code, out]).toEqual([
    3,
    expect.stringMatching(`^n8n on sese-ai as of 2026-11-28T02:55:00Z, .* ago \\(${OWN}\\):$`),
  ]);
  expect(done()).toEqual([
    [...PROGRAM, "target", "/srv/look"],
    [...PROGRAM, "extract", OWN, "/srv/look", "n8n"],
  ]);
});

test("everything of a set that is elsewhere alone, which is brought to the host once that takes it", async () => {
  const { code, out } = await restore({ HOST: "sese-ai", TO: "/srv/look", AT: "2026-11-04" });
  expect([code, out.split("\n")[0]]).toEqual([
    3,
    `${OLD} is among the copies elsewhere alone: it is brought to sese-ai first, and kept with its sets.`,
  ]);
  const [first, ...rest] = done();
  expect(first).toEqual([...PROGRAM, "target", "/srv/look", "4096"]);
  expect(rest.slice(0, 2)).toEqual(
    expect.arrayContaining([
      ["docker", "run", "--rm", "--name", "vpn_offsite-give", ...COPY],
      [...PROGRAM, "accept", OLD, "4096"],
    ]),
  );
  expect(rest.slice(2)).toEqual([[...PROGRAM, "extract", OLD, "/srv/look"]]);
});

const COPY = [
  ...["--mount", "type=bind,source=/opt/vpn/data/offsite,target=/srv/offsite", "sha256:2", "/etc/offsite/offsite.sh"],
  ...["give", "sese-ai", OLD],
];

test("of a service in a set that is elsewhere nobody knows the bytes beforehand", async () => {
  await restore({ SERVICE: "n8n", TO: "/srv/look", AT: "2026-11-04" });
  expect(done()[0]).toEqual([...PROGRAM, "target", "/srv/look"]);
});

test("a folder that the host does not take: nothing is fetched", async () => {
  refusal = 1;
  expect(await restore({ HOST: "sese-ai", TO: "look", AT: "2026-11-04" })).toEqual({ code: 1, out: "", err: "" });
  expect(done()).toEqual([[...PROGRAM, "target", "look", "4096"]]);
});

test("without TO it asks before anything is replaced", async () => {
  server.respond = (argv) => (argv.includes("what") ? said("replaces redis all\nstops redis\n") : answer(argv));
  const { code, out } = await restore({ HOST: "sese-ai", TO: "", YES: "0" });
  expect([code, out.split("\n").slice(1)]).toEqual([
    0,
    ["  replaces redis all", "  stops redis", "Nothing was changed: YES=1 does it."],
  ]);
  expect(done()).toEqual([[...PROGRAM, "what", OWN]]);
});
