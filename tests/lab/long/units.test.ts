import { readFileSync } from "node:fs";
import path from "node:path";
import { projectRoot } from "../../../toolchain/environment";
import { eventually } from "../../eventually";
import type { Changes } from "../harness/changes";
import { Downloads } from "../harness/downloads";
import type { LabHost } from "../harness/host";
import { Lab } from "../harness/lab";
import { killUp } from "../harness/processes";
import type { Result } from "../harness/run";

/**
 * A service as a systemd unit on a real host: made, left alone, changed, spoilt, repaired and taken away. The platform is
 * `tests/units`, its program a web server of a few lines that this test serves for download.
 */

const STACK = `config:
  vpai:platform: units
  vpai:domain: units.test
  vpai:tls: internal
  vpai:vpnEnforce: "false"
  vpai:services: [units]
  vpai:hosts:
    bench: { machine: { kind: lab }, memoryMiB: 1024, architecture: amd64 }
`;

const SERVICE = "platforms/units/services/hello.ts";
const serviceFile = readFileSync(path.join(projectRoot, "tests/units/services/hello.ts"), "utf8");

/** The program: tells its version, its file, whether it has its secret, and its arguments; health as the version says. */
const program = (version: string, health: string): string => `
import http.server, os, sys, time
began = time.time()
greeting = open("/etc/hello/greeting").read()
secret = len(open(os.environ["KEY_FILE"]).read())
open("/var/lib/hello/starts", "a").write("${version}\\n")
class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response((${health}) if self.path == "/health" else 200)
        self.end_headers()
        self.wfile.write(("${version}|%s|%d|%s|%s|%s" % (greeting.strip(), secret, sys.argv[1], os.environ["SAID"], os.getuid())).encode())
print("hello ${version} starts", flush=True)
http.server.ThreadingHTTPServer(("127.0.0.1", 8090), Handler).serve_forever()
`;

let lab: Lab;
let host: LabHost;
let downloads: Downloads;
beforeAll(async () => {
  downloads = await Downloads.start();
  lab = await Lab.prepare("units");
  lab.addFolder("tests/units", "platforms/units");
  lab.edit("Pulumi.lab.yaml", (text) => `${STACK}${/^encryptionsalt: .*$/m.exec(text)?.[0] ?? ""}\n`);
  useVersion("1.0.0", "200");
  await lab.makeSucceed("up");
  host = await lab.host("bench");
}, 1_500_000);
afterAll(async () => {
  await lab.remove();
  await downloads.stop();
}, 300_000);

/** Serves a version, and has the platform name it. @param health expression of the status that it answers */
function useVersion(version: string, health: string, text: string = program(version, health)): void {
  const { path: name, port, sha256 } = downloads.put(`hello-${version}`, text);
  const url = `http://${lab.identity.address(1)}:${port}${name}`;
  lab.edit(SERVICE, () =>
    serviceFile
      .replace('VERSION = "1.0.0"', `VERSION = "${version}"`)
      .replace("http://192.0.2.1/hello-1.0.0", url)
      .replace("0".repeat(64), sha256),
  );
}

/** What the program answers on its host. */
const said = (): Promise<string> => host.output(["curl", "--silent", "--max-time", "5", "http://127.0.0.1:8090/"]);

/** What it has to answer: its file, 32 letters of a secret, and texts that systemd would fill in. */
const answerOf = (version: string): string => `${version}|Hello.|32|100% $HOME|a "b" %h|2301`;

const property = (name: string): Promise<string> =>
  host.output(["systemctl", "show", "--property", name, "--value", "hello.service"]);

const invocation = (): Promise<string> => property("InvocationID");

/** Changes of what the platform has on its host; the lab's own containers are other tests' subject. */
const ofTheHost = (changes: Changes): Changes =>
  Object.fromEntries(Object.entries(changes).filter(([name]) => /^bench\/(?!machine\/)/.test(name)));

const UNIT = "/etc/systemd/system/hello.service";
const PROGRAMS = "/opt/units/programs/hello";

describe("a unit that was made", () => {
  test("serves, with its file, its secret and its arguments, as its own user", async () => {
    expect(await said()).toBe(answerOf("1.0.0"));
  });

  test("has the limits that its file says, and starts with the host", async () => {
    expect(await property("MemoryMax")).toBe(String(64 * 1024 * 1024));
    expect(await property("CPUQuotaPerSecUSec")).toBe("500ms");
    expect(await property("UnitFileState")).toBe("enabled");
  });

  test("is confined: no rights, no homes, nothing of the system to write, the secret nobody else's", async () => {
    const pid = await property("MainPID");
    const status = await host.output(["cat", `/proc/${pid}/status`]);
    expect(status).toMatch(/^CapEff:\t0{16}$/m);
    expect(status).toMatch(/^CapBnd:\t0{16}$/m);
    expect(status).toMatch(/^NoNewPrivs:\t1$/m);
    expect(status).toMatch(/^Seccomp:\t2$/m);
    const inside = ["nsenter", "--target", pid, "--mount", "--setuid", "2301", "--setgid", "2301", "--"];
    const tries = [
      "touch /etc/written",
      "touch /opt/units/written",
      "ls /root",
      "cat /etc/shadow",
      "touch /etc/hello/written",
    ];
    for (const attempt of tries)
      expect([attempt, (await host.run([...inside, ...attempt.split(" ")])).code]).not.toEqual([attempt, 0]);
    expect((await host.run([...inside, "touch", "/var/lib/hello/written"])).code).toBe(0);
    expect(await host.output(["stat", "-c", "%a %u:%g", "/opt/units/secrets/hello/key"])).toBe("400 2301:2301");
  });

  test("is left alone by a second up, and by a refresh", async () => {
    const run = await invocation();
    expect(ofTheHost(await lab.up())).toEqual({});
    expect(ofTheHost(await lab.refresh())).toEqual({});
    expect(await invocation()).toBe(run);
  });
});

describe("another version", () => {
  test("takes the place of the one before, which is kept no longer than it is needed", async () => {
    useVersion("1.1.0", "200");
    await lab.makeSucceed("up");
    expect(await said()).toBe(answerOf("1.1.0"));
    expect(await host.output(["readlink", `${PROGRAMS}/current`])).toBe("1.1.0");
    expect(await host.output(["ls", PROGRAMS])).toBe("1.1.0\ncurrent");
    expect(ofTheHost(await lab.up())).toEqual({});
  });

  test("with another content than its checksum's is refused, and nothing is touched", async () => {
    const run = await invocation();
    useVersion("1.1.1", "200");
    downloads.put("hello-1.1.1", "something else");
    const { code, all } = await lab.make("up");
    expect(code).not.toBe(0);
    expect(all).toMatch(/expected SHA-256 [0-9a-f]{64} of \S+, found [0-9a-f]{64}: nothing of it was installed/);
    expect([await invocation(), await said()]).toEqual([run, answerOf("1.1.0")]);
  });

  test.each([
    [
      "that is unhealthy",
      "1.2.0",
      "503",
      undefined,
      /found "status 503 of \/health on port 8090 instead of 200" after 20 looks/,
    ],
    [
      "that is healthy at first",
      "1.2.1",
      "200 if time.time() - began < 6 else 503",
      undefined,
      /that it was healthy, and then 3 times in a row was not/,
    ],
    [
      "that ends",
      "1.2.2",
      "200",
      "print('hello 1.2.2 gives up', flush=True)\nraise SystemExit(7)\n",
      /a crash loop: its program ended \d+ times, with exit code 7/,
    ],
  ])(
    "%s makes way for the one before",
    async (_what, version, health, text, found) => {
      useVersion(version, health, text);
      const { code, all } = await lab.make("up");
      expect(code).not.toBe(0);
      expect(all).toMatch(found);
      expect(all).toContain("The previous version (1.1.0) serves again.");
      expect(all).toMatch(new RegExp(`Its last 30 log lines:[^]*hello ${version}`));
      expect(await said()).toBe(answerOf("1.1.0"));
      expect(await host.output(["head", "-1", UNIT])).toBe("# dev.vpai.previous=1.1.0");
    },
    480_000,
  );

  test("that is mended is taken by the next up, and nothing is left of the bad ones", async () => {
    useVersion("1.3.0", "200");
    await lab.makeSucceed("up");
    expect(await said()).toBe(answerOf("1.3.0"));
    expect(await host.output(["ls", PROGRAMS])).toBe("1.3.0\ncurrent");
    expect(ofTheHost(await lab.up())).toEqual({});
    expect(ofTheHost(await lab.refresh())).toEqual({});
  });
});

describe("what differs", () => {
  test("a changed file restarts its unit, which reads it", async () => {
    const run = await invocation();
    lab.replace(SERVICE, "Hello.", "Good day.");
    expect(ofTheHost(await lab.up())).toEqual({
      "bench/hello/config/greeting": "update",
      "bench/hello/unit": "update",
      "bench/smoke": "update",
    });
    expect(await said()).toContain("|Good day.|");
    expect(await invocation()).not.toBe(run);
    lab.replace(SERVICE, "Good day.", "Hello.");
    await lab.makeSucceed("up");
    expect(await said()).toBe(answerOf("1.3.0"));
  });

  const DRIFTS: readonly (readonly [what: string, how: string, seen: object])[] = [
    [
      "the unit's file",
      `sed -i 's/^MemoryMax=.*/MemoryMax=infinity/' ${UNIT} && systemctl daemon-reload`,
      { "bench/hello/unit": "update" },
    ],
    [
      "a file beside it",
      `mkdir -p ${UNIT}.d && printf '[Service]\\nCPUQuota=\\n' >${UNIT}.d/mine.conf && systemctl daemon-reload`,
      { "bench/hello/unit": "update" },
    ],
    ["its state", "systemctl stop hello", { "bench/hello/unit": "update" }],
    ["that it starts with the host", "systemctl disable hello", { "bench/hello/unit": "update" }],
    [
      "the program",
      `echo '# more' >>${PROGRAMS}/1.3.0/bin/hello`,
      { "bench/hello/program": "update", "bench/hello/unit": "update" },
    ],
    [
      "which version is used",
      `cp -a ${PROGRAMS}/1.3.0 ${PROGRAMS}/0.9 && ln -sfn 0.9 ${PROGRAMS}/current`,
      { "bench/hello/unit": "update" },
    ],
    ["the secret", "echo other >/opt/units/secrets/hello/key", { "bench/hello/secret/key": "update" }],
  ];

  test.each(DRIFTS)(
    "%s, changed by hand, is seen by a refresh and put right by the next up",
    async (_what, how, seen) => {
      await host.output(["sh", "-c", how]);
      expect(ofTheHost(await lab.refresh())).toEqual(seen);
      expect(ofTheHost(await lab.up())).toMatchObject({ ...seen, "bench/hello/unit": "update" });
      expect(await said()).toBe(answerOf("1.3.0"));
      expect(await property("MemoryMax")).toBe(String(64 * 1024 * 1024));
      expect(await property("DropInPaths")).toBe("");
      expect(await property("UnitFileState")).toBe("enabled");
      expect(ofTheHost(await lab.refresh())).toEqual({});
      expect(ofTheHost(await lab.up())).toEqual({});
    },
    480_000,
  );

  test("a program that is killed starts again by itself", async () => {
    await host.output(["systemctl", "kill", "--signal", "KILL", "hello"]);
    await eventually(async () => expect(await said()).toBe(answerOf("1.3.0")), 30);
  });
});

describe("an up that is killed while it brings another version", () => {
  /** Milliseconds after the first change on the host: from the download to the last note. */
  const MOMENTS = [0, 700, 1500, 3000, 6000].map((least) => least + Math.floor(Math.random() * 700));

  test.each(MOMENTS.map((moment, index) => [moment, `1.4.${index}`] as const))(
    "after %d ms is followed by one that converges to %s",
    async (moment, version) => {
      useVersion(version, "200");
      const up: Promise<Result> = lab.make("up");
      await eventually(async () => {
        expect(await host.output(["sh", "-c", `ls -A ${PROGRAMS}`])).toMatch(new RegExp(`^(\\.new|${version})$`, "m"));
      }, 120);
      await new Promise((resolve) => setTimeout(resolve, moment));
      killUp(lab.directory);
      await up;
      await lab.makeSucceed("up");
      expect(await said()).toBe(answerOf(version));
      expect(await host.output(["ls", PROGRAMS])).toBe(`${version}\ncurrent`);
      expect(ofTheHost(await lab.up())).toEqual({});
    },
    480_000,
  );
});

describe("a job", () => {
  const METRICS = "/opt/units/data/metrics";
  const metric = async (job: string, name: string): Promise<number> => {
    const text = await host.output(["sh", "-c", 'cat "$1"*', "cat", `${METRICS}/job-${job}.`]);
    return Number(new RegExp(`^${name}\\{name="${job}",service="hello"\\} (\\d+)$`, "m").exec(text)?.[1]);
  };
  const runJob = (job: string) => host.run(["systemctl", "start", job]);
  const logOf = (job: string): Promise<string> =>
    host.output([
      "sh",
      "-c",
      'journalctl -o cat --no-pager "_SYSTEMD_INVOCATION_ID=$(systemctl show -p InvocationID --value "$1")"',
      "log",
      job,
    ]);

  test("waits for its time, and is known before it ever ran", async () => {
    expect(await host.output(["systemctl", "is-active", "tidy.timer", "census.timer"])).toBe("active\nactive");
    expect(await host.output(["systemctl", "is-enabled", "tidy.timer"])).toBe("enabled");
    const next = await host.output([
      "systemctl",
      "show",
      "--property",
      "NextElapseUSecRealtime",
      "--value",
      "tidy.timer",
    ]);
    expect(next).toMatch(/ 03:30:00 /);
    expect(await metric("tidy", "job_overdue_after_seconds")).toBe(93_600);
    expect(Math.abs((await metric("tidy", "job_declared_timestamp_seconds")) - Date.now() / 1000)).toBeLessThan(7200);
  });

  test("is tried again until it succeeds, and says so", async () => {
    await host.output([
      "sh",
      "-c",
      "echo 2 >/opt/units/data/hello/failures; chown 2301:2301 /opt/units/data/hello/failures",
    ]);
    expect((await runJob("tidy")).code).toBe(0);
    const log = await logOf("tidy");
    expect(log).toContain("tidy: 2 failures left, 32 letters of a secret, user 2301");
    expect(log).toContain("try 1 of 3 failed with exit code 3\nthe next try is in 1 s");
    expect(log).toContain("try 2 of 3 failed with exit code 3\nthe next try is in 2 s");
    expect(log).toContain("tidy: 0 failures left");
    expect(await metric("tidy", "job_last_exit_code")).toBe(0);
    expect(Math.abs((await metric("tidy", "job_last_success_timestamp_seconds")) - Date.now() / 1000)).toBeLessThan(60);
    expect(await metric("tidy", "job_last_duration_seconds")).toBeGreaterThanOrEqual(3);
  });

  test("that fails more often is a failure, which its metrics tell beside the last success", async () => {
    const success = await metric("tidy", "job_last_success_timestamp_seconds");
    await host.output(["sh", "-c", "echo 9 >/opt/units/data/hello/failures"]);
    expect((await runJob("tidy")).code).not.toBe(0);
    expect(await metric("tidy", "job_last_exit_code")).toBe(3);
    expect(await metric("tidy", "job_last_success_timestamp_seconds")).toBe(success);
    expect(await metric("tidy", "job_last_failure_timestamp_seconds")).toBeGreaterThanOrEqual(success);
    await host.output(["rm", "/opt/units/data/hello/failures"]);
    expect((await runJob("tidy")).code).toBe(0);
  });

  test("in a container has its user, files, secrets and folders, and leaves no container", async () => {
    expect((await runJob("census")).code).toBe(0);
    expect(await logOf("census")).toMatch(/^2301\nletters\n32$/m);
    expect(await host.output(["cat", "/opt/units/data/census/done"])).toBe("done % $HOME");
    expect(await host.docker("ps", "--all", "--quiet")).toBe("");
    expect(await metric("census", "job_last_exit_code")).toBe(0);
  });

  test("that was run is no change; one whose timer was stopped or edited is put right", async () => {
    expect(ofTheHost(await lab.refresh())).toEqual({});
    await host.output([
      "sh",
      "-c",
      "systemctl stop tidy.timer; sed -i 's/03:30/04:30/' /etc/systemd/system/census.timer /etc/systemd/system/tidy.service",
    ]);
    await host.output(["sed", "-i", "s/^OnCalendar=.*/OnCalendar=yearly/", "/etc/systemd/system/census.timer"]);
    const seen = { "bench/job/tidy": "update", "bench/job/census": "update" };
    expect(ofTheHost(await lab.refresh())).toEqual(seen);
    expect(ofTheHost(await lab.up())).toEqual(seen);
    expect(await host.output(["systemctl", "is-active", "tidy.timer"])).toBe("active");
    expect(ofTheHost(await lab.refresh())).toEqual({});
  });

  test("at no time is refused, and the one of before stays", async () => {
    lab.replace(SERVICE, "*-*-* 03:30:00", "at dawn");
    const { code, all } = await lab.make("up");
    expect(code).not.toBe(0);
    expect(all).toContain("job tidy: expected a time as systemd writes it");
    expect(await host.output(["cat", "/etc/systemd/system/tidy.timer"])).toContain("OnCalendar=*-*-* 03:30:00");
    lab.replace(SERVICE, "at dawn", "*-*-* 03:30:00");
    await lab.makeSucceed("up");
  });
});

test("a unit of that name that is somebody else's is left alone", async () => {
  await host.output(["sh", "-c", `sed -i '/^# dev.vpai/d' ${UNIT} && systemctl daemon-reload`]);
  lab.replace(SERVICE, "memoryMiB: 64", "memoryMiB: 65");
  const { code, all } = await lab.make("up");
  expect(code).not.toBe(0);
  expect(all).toContain("expected no unit hello.service but this stack's");
  lab.replace(SERVICE, "memoryMiB: 65", "memoryMiB: 64");
  await lab.pulumiSucceed(["config", "set", "vpai:adopt", "true"]);
  await lab.makeSucceed("up");
  await lab.refresh();
  await lab.makeSucceed("up");
  expect(await host.output(["cat", UNIT])).toContain("# dev.vpai.stack=lab");
  await lab.pulumiSucceed(["config", "rm", "vpai:adopt"]);
});

test("removed, it takes unit, program and user along, and nothing of its data", async () => {
  lab.edit(SERVICE, () => serviceFile.replace('group: "units"', 'group: "nowhere"'));
  await lab.makeSucceed("up");
  expect((await host.run(["test", "-e", UNIT])).code).toBe(1);
  expect(await host.output(["sh", "-c", "ls /etc/systemd/system | grep -E 'hello|tidy|census' || true"])).toBe("");
  // What a refresh told of the host is no job's.
  expect(await host.output(["sh", "-c", "ls /opt/units/data/metrics | grep -v '^drift[.]prom$' || true"])).toBe("");
  expect((await host.run(["test", "-e", PROGRAMS])).code).toBe(1);
  expect((await host.run(["getent", "passwd", "2301"])).code).toBe(2);
  expect((await host.run(["systemctl", "is-active", "hello"])).stdout.trim()).toBe("inactive");
  expect(await host.output(["head", "-1", "/opt/units/data/hello/starts"])).toBe("1.0.0");
  expect(
    await host.output([
      "sh",
      "-c",
      "ls -A /opt/units/secrets/hello /opt/units/configs/hello 2>/dev/null | grep -v : || true",
    ]),
  ).toBe("");
});
