import { newestSet } from "../../../../commands/drill/sets";
import type { Answer } from "../../../../providers/ssh/transport";
import { SshServer } from "../../providers/ssh-server";

/** Where a drill has the newest set of a host from. */

const BACKUP = `ExecStart="/bin/sh" "/opt/vpai/jobs/run" "3" "300" "10800" "/bin/bash" "/b/backup.sh" "/opt/vpai" "vpai_" "sha256:1" "run"\n`;
const OFFSITE = `ExecStart="/bin/sh" "job" "vpn_offsite" "--rm" "--name" "vpn_offsite" "--mount" "type=bind,source=/opt/vpn/data/offsite,target=/srv/offsite" "sha256:2" "/etc/offsite/offsite.sh" "push"\n`;

const night = (day: string) => ({
  set: `0000${day}-202611${day}T025500Z`,
  moment: `2026-11-${day}T02:55:00Z`,
  bytes: Number(day) * 1000,
});
const copy = (host: string, day: string) => {
  const { moment: time, ...rest } = night(day);
  return { id: "ab12", host, time, ...rest };
};
const manifest = (day: string): string => {
  const { moment: started, ...rest } = night(day);
  return `${JSON.stringify({ ...rest, sequence: Number(day), started, ended: started, parts: [] })}\0`;
};

const said = (stdout: string): Answer => ({ code: 0, stdout, stderr: "" });

let server: SshServer;
let copies: ReturnType<typeof copy>[];
let manifests: string;
beforeAll(async () => {
  server = await SshServer.start();
  server.respond = (argv) => {
    if (argv.includes("backup-sese-ai.service")) return said(BACKUP);
    if (argv.includes("offsite.service")) return said(OFFSITE);
    return said(argv.includes("manifests") ? manifests : `${JSON.stringify(copies)}\0`);
  };
});
beforeEach(() => {
  copies = [copy("sese-ai", "27"), copy("seko-vpn", "29"), copy("sese-ai", "26")];
  manifests = manifest("27") + manifest("28");
});
afterAll(() => server.stop());

const hosts = (...jobs: string[]) => ({
  "sese-ai": {
    ...{ connection: server.connection, publicAddress: "", services: {} },
    jobs: Object.fromEntries(jobs.map((job) => [job, { unit: `${job}.service` }])),
  },
});

test("the copies elsewhere where the stack has them, whatever the host has itself", async () => {
  expect(await newestSet("sese-ai", hosts("backup-sese-ai", "offsite"))).toEqual({
    host: "sese-ai",
    set: "000027-20261127T025500Z",
    started: "2026-11-27T02:55:00Z",
    bytes: 27_000,
    from: "elsewhere",
    give: {
      connection: server.connection,
      argv: [
        ...["docker", "run", "--rm", "--name", "vpn_offsite-give"],
        ...["--mount", "type=bind,source=/opt/vpn/data/offsite,target=/srv/offsite", "sha256:2"],
        ...["/etc/offsite/offsite.sh", "give", "sese-ai", "000027-20261127T025500Z"],
      ],
    },
  });
});

test("its host elsewhere", async () => {
  expect(await newestSet("sese-ai", hosts("backup-sese-ai"))).toEqual({
    host: "sese-ai",
    set: "000028-20261128T025500Z",
    started: "2026-11-28T02:55:00Z",
    bytes: 28_000,
    from: "its host",
    give: {
      connection: server.connection,
      argv: ["/bin/bash", "/b/backup.sh", "/opt/vpai", "vpai_", "sha256:1", "serve", "get 000028-20261128T025500Z"],
    },
  });
});

test("where there is none, it says what to do", async () => {
  copies = [];
  manifests = "";
  await expect(newestSet("sese-ai", hosts("backup-sese-ai", "offsite"))).rejects.toThrow(
    "sese-ai: expected a copy elsewhere of it, found none; there are none",
  );
  await expect(newestSet("sese-ai", hosts("backup-sese-ai"))).rejects.toThrow(
    "sese-ai: expected a set, found none yet: make run JOB=backup-sese-ai",
  );
});
