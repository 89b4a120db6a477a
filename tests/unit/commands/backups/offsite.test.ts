import {
  copyOf,
  expectAt,
  folderIn,
  giveCommand,
  type OffsiteCopy,
  offsiteHost,
  offsiteOn,
  offsiteRows,
} from "../../../../commands/backups/offsite";

const UNIT = `[Service]
ExecStart="/bin/sh" "/opt/vpn/jobs/run" "3" "900" "18000" "/bin/sh" "-c" "…" "--mount" "type=bind,source=/opt/vpn/data/metrics,target=/srv/metrics" "--mount" "type=bind,source=/opt/vpn/data/offsite,target=/srv/offsite" "restic"`;

const copy = (host: string, day: string, bytes: number): OffsiteCopy => ({
  id: "ab12",
  host,
  time: `2026-11-${day}T02:55:00Z`,
  set: `0000${day}-202611${day}T025500Z`,
  bytes,
});

const COPIES = [copy("sese-ai", "28", 3_145_728), copy("seko-vpn", "27", 1_048_576), copy("sese-ai", "27", 2_097_152)];

const now = new Date("2026-11-29T03:00:00Z");

test("of each host it says how many copies there are, the newest one, its age and size, and what was read back last", () => {
  const check = { moment: "2026-11-22T12:10:00Z", part: 3, of: 8 };
  expect(offsiteRows({ copies: COPIES, check }, now)).toEqual([
    ["seko-vpn", "(elsewhere)", "1", "000027-20261127T025500Z", "2 d", "1.0 MiB", "2026-11-22T12:10:00Z (part 3 of 8)"],
    ["sese-ai", "(elsewhere)", "2", "000028-20261128T025500Z", "1 d", "3.0 MiB", "2026-11-22T12:10:00Z (part 3 of 8)"],
  ]);
  expect(offsiteRows({ copies: COPIES, check: undefined }, now)[0]?.at(-1)).toBe("never");
});

test("the hub's notes lie where its job has them", async () => {
  const asked: (readonly string[])[] = [];
  const answers = [UNIT, `${JSON.stringify(COPIES)}\n\0{ "moment": "2026-11-22T12:10:00Z", "part": 3, "of": 8 }\n`];
  const output = (argv: readonly string[]): Promise<string> => {
    asked.push(argv);
    return Promise.resolve(answers.shift() ?? "");
  };
  expect(await offsiteOn({ output })).toEqual({
    copies: COPIES,
    check: { moment: "2026-11-22T12:10:00Z", part: 3, of: 8 },
  });
  expect(asked[1]?.at(-1)).toBe("/opt/vpn/data/offsite");
});

test("before the first run there are none", async () => {
  const answers = [UNIT, "\0"];
  const output = (): Promise<string> => Promise.resolve(answers.shift() ?? "");
  expect(await offsiteOn({ output })).toEqual({ copies: [], check: undefined });
});

test("another unit is told from the job", () => {
  expect(() => folderIn("[Service]\nExecStart=/bin/true")).toThrow("expected a job that brings backups elsewhere");
});

test("a stack without copies elsewhere has no such host", () => {
  const host = { connection: { host: "x", port: 22, user: "root", hostKey: "" }, publicAddress: "x", services: {} };
  const jobs = { offsite: { unit: "offsite.service" } };
  expect(offsiteHost({ one: host })).toBeUndefined();
  expect(offsiteHost({ one: host, two: { ...host, jobs } })?.[0]).toBe("two");
});

describe("what is recovered", () => {
  test("is the newest copy of the host, that of a moment, or one by its name", () => {
    const set = (at: string): string => copyOf(COPIES, "sese-ai", at).set;
    expect(set("")).toBe("000028-20261128T025500Z");
    expect(set("2026-11-27T12:00:00Z")).toBe("000027-20261127T025500Z");
    expect(set("000027-20261127T025500Z")).toBe("000027-20261127T025500Z");
    expect(() => set("2026-11-01")).toThrow(
      "expected a copy elsewhere by 2026-11-01, found none; there are 000027-2026",
    );
  });

  test.each(["", "000028-20261128T025500Z", "2026-11-27", "2026-11-27T12:00Z"])("AT=%s may be one", (at) => {
    expect(() => expectAt(at)).not.toThrow();
  });

  test.each(["28", "yesterday", "27/11/2026", "12/11/2026", "2026-11-31", "000028-20261128"])(
    "AT=%s is refused while nothing has been done yet",
    (at) => {
      expect(() => expectAt(at)).toThrow(`AT\n    expected: a set's name, as make backups tells it, or a moment`);
      expect(() => expectAt(at)).toThrow(`found:    "${at}"`);
    },
  );

  test("comes by the job's own command, beside it", () => {
    const unit = `[Service]
ExecStart="/bin/sh" "/opt/vpn/jobs/run" "3" "900" "18000" "/bin/sh" "-c" "docker rm --force \\"$$1\\"; exec docker run \\"$$@\\"" "job" "vpn_offsite" "--rm" "--name" "vpn_offsite" "--env" "A=50%% $$x" "--entrypoint" "sh" "sha256:1" "/etc/offsite/offsite.sh" "push"`;
    expect(giveCommand(unit, "sese-ai", "000028-20261128T025500Z")).toEqual([
      ...["docker", "run", "--rm", "--name", "vpn_offsite-give", "--env", "A=50% $x", "--entrypoint", "sh", "sha256:1"],
      ...["/etc/offsite/offsite.sh", "give", "sese-ai", "000028-20261128T025500Z"],
    ]);
  });

  test("needs the job that this program makes", () => {
    expect(() => giveCommand("ExecStart=/bin/true", "x", "y")).toThrow("expected the job of the copies elsewhere");
  });
});
