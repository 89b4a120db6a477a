import { llmKey } from "../../../capabilities/litellm-key";
import { eventually } from "../../eventually";
import type { LabHost } from "../harness/host";
import type { Lab } from "../harness/lab";
import { sharedLabOfAll } from "../harness/shared";

/** OpenCode's server and the coding agents on the workstation, as they are for those who use them. */

const URL = "http://127.0.0.1:3456";
const SECRETS = "/opt/workstation/secrets/opencode";

let lab: Lab;
let pi: LabHost;
let sese: LabHost;
let secrets: Record<string, string>;

beforeAll(async () => {
  lab = await sharedLabOfAll();
  pi = await lab.host("workstation");
  sese = await lab.host("sese-ai");
  secrets = await lab.generatedSecrets();
}, 2_700_000);

/** Asks with curl; a password never is an argument. @returns status and body */
async function ask(host: LabHost, argv: string[], config = ""): Promise<{ status: number; body: string }> {
  const curl = ["curl", "-sk", "--max-time", "20", "-w", "\n%{http_code}", "--config", "-", ...argv];
  const lines = (await host.output(curl, { stdin: config })).split("\n");
  return { status: Number(lines.pop()), body: lines.join("\n") };
}

describe("OpenCode's server", () => {
  const login = (): string => `user = "opencode:${secrets["opencodePassword"] ?? ""}"\n`;

  test("tells its version to whoever has the password, and nothing to anybody else", async () => {
    const { status, body } = await ask(pi, [`${URL}/global/health`], login());
    expect([status, JSON.parse(body)]).toEqual([200, expect.objectContaining({ healthy: true, version: "1.18.18" })]);
    for (const path of ["/", "/session", "/config"])
      expect([path, (await ask(pi, [`${URL}${path}`])).status]).toEqual([path, 401]);
    const site = ["--resolve", `oc.vpai.test:443:${pi.publicAddress}`, "https://oc.vpai.test/session"];
    expect((await ask(pi, site)).status).toBe(401);
    expect((await ask(pi, site, login())).status).toBe(200);
  });

  test("has LiteLLM's models alone, and their key by its file", async () => {
    const { body } = await ask(pi, [`${URL}/config/providers`], login());
    const { providers } = JSON.parse(body) as { providers: { id: string; models: object }[] };
    expect(providers.map(({ id }) => id)).toEqual(["litellm"]);
    expect(Object.keys(providers[0]?.models ?? {})).toContain("qwen3-coder");
  });

  test("keeps its secrets in files that it alone can read", async () => {
    const files = await pi.output(["sh", "-c", `stat -c '%a %u:%g %n' ${SECRETS}/*`]);
    expect(files.split("\n")).toEqual([`400 2312:2312 ${SECRETS}/llm_key`, `400 2312:2312 ${SECRETS}/server_password`]);
    const unit = await pi.output(["systemctl", "cat", "opencode.service"]);
    const shown = await pi.output(["systemctl", "show", "opencode.service"]);
    for (const name of ["opencodePassword", "opencodeLlmKey"]) {
      expect(`${unit}${shown}`).not.toContain(secrets[name] ?? "none");
    }
  });

  const processOf = (): Promise<string> =>
    pi.output(["systemctl", "show", "--property", "MainPID", "--value", "opencode.service"]);

  test("reaches LiteLLM on another host by its public way, with a key of 5 USD a day", async () => {
    const pid = await processOf();
    const key = llmKey(secrets["opencodeLlmKey"] ?? "");
    // As the unit sees names and files.
    const inside = ["nsenter", "--target", pid, "--mount", "--"];
    const url = "https://vpai.test/litellm/v1/models";
    const curl = ["curl", "-sk", "-o", "/dev/null", "-w", "%{http_code}", "--config", "-", url];
    const asked = (header: string): Promise<string> => pi.output([...inside, ...curl], { stdin: header });
    expect(await asked(`header = "Authorization: Bearer ${key}"\n`)).toBe("200");
    expect(await asked('header = "Authorization: Bearer sk-another"\n')).toBe("401");

    const address = await sese.docker(
      ...["container", "inspect", "--format", "{{.NetworkSettings.Networks.backend.IPAddress}}", "vpai_litellm"],
    );
    const master = llmKey(secrets["litellmMasterKey"] ?? "");
    const { body } = await ask(
      sese,
      [`http://${address}:4000/key/info?key=${key}`],
      `header = "Authorization: Bearer ${master}"\n`,
    );
    const { info } = JSON.parse(body) as { info: object };
    expect(info).toMatchObject({ key_alias: "opencode", max_budget: 5, budget_duration: "1d" });
  });

  test("gets its home back from the night's set, and is stopped meanwhile", async () => {
    const home = "/opt/workstation/data/opencode";
    const write = (text: string): Promise<string> => pi.output(["sh", "-c", 'echo "$1" >"$2/note"', "sh", text, home]);
    try {
      await write("then");
      await lab.makeSucceed("run JOB=backup-workstation", { timeout: 600 });
      await write("now");
      const before = await processOf();
      const { stdout } = await lab.makeSucceed("restore SERVICE=opencode YES=1", { timeout: 600 });
      expect(stdout).toContain("  replaces opencode-files all\n  stops opencode\n");
      expect(stdout).toMatch(/^opencode is back, after \d+ s$/m);
      expect(await pi.output(["sh", "-c", `cat ${home}.before-*/note`])).toBe("now");
      const pid = await processOf();
      expect(pid).not.toBe(before);
      // In the folder of now, and not still in the one that was put aside.
      expect(await pi.output(["nsenter", "--target", pid, "--mount", "--", "cat", "/var/lib/opencode/note"])).toBe(
        "then",
      );
      await eventually(async () => expect((await ask(pi, [`${URL}/global/health`], login())).status).toBe(200), 60);
      expect(await pi.output(["stat", "-c", "%u:%g %a", home])).toBe("2312:2312 700");
    } finally {
      await pi.output(["sh", "-c", `rm -rf ${home}/note ${home}.before-* ${home}.restoring /opt/workstation/backups`]);
    }
  }, 1_800_000);
});

describe("the tools", () => {
  // docs/decisions/coding-tools.md
  test.each([
    ["opencode", "1.18.18"],
    ["codex", "0.171.0"],
    ["gemini", "0.61.0"],
    ["claude", "2.1.332"],
  ])("%s is a command, at version %s", async (command, version) => {
    expect(await pi.output([command, "--version"])).toContain(version);
  });

  test("Claude Code is a stand-in that says so", async () => {
    const { code, stderr } = await pi.run(["claude"]);
    expect([code, stderr]).toEqual([1, expect.stringContaining("the lab's stand-in for Claude Code")]);
  });

  test("are told by make status", async () => {
    const { stdout } = await lab.makeSucceed("status");
    expect(stdout).toMatch(/^workstation +codex +0\.171\.0 +real, 0\.171\.0 +codex +installed$/m);
    expect(stdout).toMatch(/^workstation +gemini-cli +0\.61\.0 +real, 0\.61\.0 +gemini +installed$/m);
    expect(stdout).toMatch(/^workstation +claude-code +2\.1\.332 +stand-in, 2\.1\.332 +claude +installed$/m);
  });

  test("one that somebody removed or replaced is seen, and put right", async () => {
    await pi.output(["rm", "/usr/local/bin/codex"]);
    await pi.output(["sh", "-c", "echo >>/opt/workstation/programs/gemini-cli/current/package.json"]);
    const seen = await lab.refresh();
    expect(seen).toMatchObject({
      "workstation/program/codex": "update",
      "workstation/program/gemini-cli": "update",
    });
    await lab.makeSucceed("up");
    expect(await pi.output(["codex", "--version"])).toContain("0.171.0");
    expect(await lab.refresh()).toEqual({});
  }, 600_000);
});
