import { parse } from "yaml";
import { copyFile, readingSecrets } from "../../../../commands/drill/settings";
import { timerUnits, unitFolder } from "../../../../commands/drill/timer";
import { parseStackConfig } from "../../../../config";
import vpai from "../../../../platforms/vpai/platform";
import { PLATFORM, rawConfig } from "../../config/example";

const config = parseStackConfig(rawConfig(), [PLATFORM]);

test("a copy has the same hosts, services and overrides, and nothing by which the stack is known outside", () => {
  const { config: values } = parse(copyFile(config, ["sese-ai", "seko-vpn"])) as { config: Record<string, unknown> };
  expect(values).toEqual({
    "vpai:platform": "vpai",
    "vpai:domain": "drill.test",
    "vpai:tls": "internal",
    "vpai:vpnEnforce": "false",
    "vpai:isolated": "true",
    "vpai:services": ["core", "monitoring"],
    "vpai:overrides": {
      n8n: { memoryMiB: 512, cpus: 0.5, image: "docker.io/n8nio/n8n:2.7.3" },
      redis: { memoryMiB: 64 },
    },
    "vpai:hosts": {
      "sese-ai": { machine: { kind: "lab" }, memoryMiB: 8192, architecture: "amd64", unreachable: "fail" },
      "seko-vpn": { machine: { kind: "lab" }, memoryMiB: 4096, architecture: "amd64", unreachable: "fail" },
    },
  });
  expect(JSON.stringify(values)).not.toMatch(/example\.org|100\.64|192\.0\.2|secret/);
});

test("and is a stack's file that the program takes", () => {
  const { config: values } = parse(copyFile(config, ["sese-ai"])) as { config: Record<string, unknown> };
  const texts = Object.entries(values).map(([key, value]) => [
    key.replace("vpai:", ""),
    typeof value === "string" ? value : JSON.stringify(value),
  ]);
  const copied = parseStackConfig(
    rawConfig(Object.fromEntries(texts) as Record<string, string>, { databasePassword: "one" }),
    [PLATFORM],
  );
  expect(copied).toMatchObject({ domain: "drill.test", isolated: true, vpnEnforce: false });
});

test("the keys that go along are those without which data cannot be read, and no key to the world", () => {
  expect(readingSecrets(vpai).sort()).toEqual([
    "litellmSaltKey",
    "n8nEncryptionKey",
    "nocodbConnectionKey",
    "sureSecretKeyBase",
  ]);
});

test("a timer drills every Sunday, as who asked for it, and makes up for one that was missed", () => {
  const place = {
    stack: "prod",
    checkout: "/home/a b/vpai",
    home: "/home/a b",
    searchPath: "/usr/bin:/x%y",
    passphraseFile: '/home/a/"p"',
  };
  expect(timerUnits(place)).toEqual({
    "vpai-drill-prod.service": `[Unit]
Description=Brings the backups of the stack prod back in a copy

[Service]
Type=oneshot
WorkingDirectory=/home/a b/vpai
Environment="HOME=/home/a b"
Environment="PATH=/usr/bin:/x%%y"
Environment="PULUMI_CONFIG_PASSPHRASE_FILE=/home/a/\\"p\\""
ExecStart=make drill "STACK=prod"
TimeoutStartSec=6h
`,
    "vpai-drill-prod.timer": `[Unit]
Description=A drill of the stack prod every week

[Timer]
OnCalendar=Sun *-*-* 14:00:00
Persistent=true

[Install]
WantedBy=timers.target
`,
  });
  expect([unitFolder(true, "/root"), unitFolder(false, "/home/a")]).toEqual([
    "/etc/systemd/system",
    "/home/a/.config/systemd/user",
  ]);
});
