import { DRILL, REFRESH } from "../../../../commands/timer/chores";
import { timerUnits, unitFolder } from "../../../../commands/timer/units";

test("a timer drills every Sunday, as who asked for it, and makes up for one that was missed", () => {
  const place = {
    stack: "prod",
    checkout: "/home/a b/vpai",
    home: "/home/a b",
    searchPath: "/usr/bin:/x%y",
    passphraseFile: '/home/a/"p"',
  };
  expect(timerUnits(DRILL, place)).toEqual({
    "vpai-drill-prod.service": `[Unit]
Description=brings the backups of the stack prod back in a copy

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
Description=brings the backups of the stack prod back in a copy, every Sunday at 14:00

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

test("and another one looks for drift every night, unattended", () => {
  const units = timerUnits(REFRESH, { stack: "prod", checkout: "/srv/vpai", home: "/root", searchPath: "/usr/bin" });
  expect(Object.keys(units)).toEqual(["vpai-refresh-prod.service", "vpai-refresh-prod.timer"]);
  expect(units["vpai-refresh-prod.service"]).toContain(
    '\nExecStart=make refresh "STACK=prod" "YES=1"\nTimeoutStartSec=1h\n',
  );
  expect(units["vpai-refresh-prod.timer"]).toContain("\nOnCalendar=*-*-* 05:00:00\nPersistent=true\n");
});
