import { DUMP } from "../../../../platforms/vpai/services/couchdb/dump";
import { COLLECTOR } from "../../../../platforms/vpai/services/openclaw/collector";
import comfyui from "../../../../platforms/vpai/services/comfyui";
import { PI_COLLECTOR } from "../../../../platforms/vpai/services/comfyui/collector";
import couchdb from "../../../../platforms/vpai/services/couchdb";
import n8n from "../../../../platforms/vpai/services/n8n";
import openclaw from "../../../../platforms/vpai/services/openclaw";
import type { ServiceContext } from "../../../../model/context";
import type { ContainerJob } from "../../../../model/job";
import { contextWith } from "../../../context";

const SETTINGS = { vaultRemoteHostKey: "github.com ssh-ed25519 AAAA" };

/** One of two hosts, the VPN hub with the vault and Sese-AI. */
function contextOn(host: string, more: { vpn?: string; given?: string[]; settings?: object } = {}): ServiceContext {
  const { vpn, given = [], settings = {} } = more;
  const view = (name: string, services: ServiceContext["services"], vpnAddress: string | undefined) => ({
    name,
    services,
    networks: {},
    vpnAddress,
    publicAddress: undefined,
  });
  const context = contextWith();
  return {
    ...context,
    host,
    hosts: [view("sese-ai", [openclaw, n8n], "100.64.0.14"), view("seko-vpn", [couchdb], vpn)],
    settings: { ...SETTINGS, ...settings },
    given: new Set(given),
  };
}

const settingsOf = (job: ContainerJob, context: ServiceContext): Record<string, unknown> => {
  const file = job.files?.(context).find(({ path }) => path === "/etc/notes/settings.json");
  return JSON.parse(file?.content as string) as Record<string, unknown>;
};

// docs/requirements.md#obsidian-sync
test("the jobs run when the sources say", () => {
  expect([COLLECTOR.name, COLLECTOR.schedule]).toEqual(["obsidian-collector", "*-*-* 03:30:00"]);
  expect([DUMP.name, DUMP.schedule]).toEqual(["vault-dump", "*-*-* 02:00:00"]);
  expect([PI_COLLECTOR.name, PI_COLLECTOR.schedule]).toEqual(["obsidian-collector-pi", "*-*-* 04:00:00"]);
  expect([openclaw.jobs, couchdb.jobs, comfyui.jobs]).toEqual([[COLLECTOR], [DUMP], [PI_COLLECTOR]]);
});

test("the collector reaches the vault at the hub's VPN address, under a name of its own", () => {
  const context = contextOn("sese-ai", { vpn: "100.64.0.9", given: ["obsidianCollectorN8nKey"] });
  expect(settingsOf(COLLECTOR, context)).toEqual({
    collector: "obsidian-collector",
    couchdb: {
      url: "http://100.64.0.9:5984",
      database: "obsidian_vault",
      user: "obsidian-collector",
      passwordFile: "/run/secrets/couchdb_password",
    },
    sources: [
      { kind: "openclaw", name: "openclaw", folder: "/srv/openclaw", into: ["OpenClaw"], mainAgent: "main" },
      { kind: "n8n", name: "n8n", url: "http://n8n:5678", keyFile: "/run/secrets/n8n_key", into: ["n8n"] },
      { kind: "folder", name: "documents", folder: "/etc/notes/docs", into: ["Infrastructure"] },
    ],
  });
  expect(COLLECTOR.hostMounts).toEqual([{ source: "openclaw", target: "/srv/openclaw" }]);
});

test("the workstation's collector writes renders into Pi/ComfyUI and Pi/Remotion, under a name of its own", () => {
  expect(settingsOf(PI_COLLECTOR, contextOn("workstation", { vpn: "100.64.0.9" }))).toEqual({
    collector: "obsidian-collector-pi",
    couchdb: {
      url: "http://100.64.0.9:5984",
      database: "obsidian_vault",
      user: "obsidian-collector-pi",
      passwordFile: "/run/secrets/couchdb_password",
    },
    sources: [
      {
        ...{ kind: "renders", name: "comfyui", program: "ComfyUI", folder: "/srv/comfyui" },
        ...{ into: ["Pi", "ComfyUI"], pictureMiB: 8 },
      },
      {
        ...{ kind: "renders", name: "remotion", program: "Remotion", folder: "/srv/remotion" },
        ...{ into: ["Pi", "Remotion"], pictureMiB: 8 },
      },
    ],
  });
  expect(PI_COLLECTOR.hostMounts).toEqual([
    { source: "comfyui/output", target: "/srv/comfyui" },
    { source: "remotion/output", target: "/srv/remotion" },
  ]);
  expect(PI_COLLECTOR.needed?.(contextOn("workstation"))).toBe(false);
});

test("without n8n's key no workflow is asked for", () => {
  const { sources } = settingsOf(COLLECTOR, contextOn("sese-ai", { vpn: "100.64.0.9" }));
  expect((sources as { kind: string }[]).map(({ kind }) => kind)).toEqual(["openclaw", "folder"]);
});

test("a vault that cannot be reached needs no collector, and one on the own host no address", () => {
  expect(COLLECTOR.needed?.(contextOn("sese-ai"))).toBe(false);
  expect(COLLECTOR.needed?.(contextOn("sese-ai", { vpn: "100.64.0.9" }))).toBe(true);
  expect(DUMP.needed?.(contextOn("seko-vpn"))).toBe(true);
});

test("the dump pushes where the stack says, and trusts that server's key alone", () => {
  const remote = "git@github.com:Mobutoo/obsidian-vault.git";
  const context = contextOn("seko-vpn", { settings: { vaultRemote: remote } });
  expect(settingsOf(DUMP, context)).toEqual({
    couchdb: {
      url: "http://couchdb:5984",
      database: "obsidian_vault",
      user: "vault-dump",
      passwordFile: "/run/secrets/couchdb_password",
    },
    tree: "/srv/vault",
    remote: {
      url: remote,
      branch: "main",
      keyFile: "/run/secrets/deploy_key",
      knownHostsFile: "/etc/notes/known_hosts",
    },
  });
  const files = new Map(DUMP.files?.(context).map(({ path, content }) => [path, content]));
  expect(files.get("/etc/notes/known_hosts")).toBe("github.com ssh-ed25519 AAAA\n");
  expect(DUMP.data).toMatchObject([{ directory: "obsidian-vault" }]);
  expect(DUMP.secrets?.["deploy_key"]?.render?.("key", context)).toBe("key\n");
});

test("without a remote the history stays on the hub", () => {
  expect(settingsOf(DUMP, contextOn("seko-vpn"))).not.toHaveProperty("remote");
});

test("the programs come with all that they import", () => {
  const files = COLLECTOR.files?.(contextOn("sese-ai", { vpn: "100.64.0.9" })) ?? [];
  const paths = new Set(files.map(({ path }) => path));
  for (const { path, content } of files.filter((file) => file.path.endsWith(".ts")))
    for (const [, imported = ""] of (content as string).matchAll(/from "(\.[^"]+)"/g))
      expect(paths).toContain(new URL(imported, `file://${path}`).pathname);
  expect(paths).toContain("/etc/notes/docs/runbook.md");
  expect(DUMP.argv.slice(-2)).toEqual(["/etc/notes/dump.ts", "/etc/notes/settings.json"]);
});
