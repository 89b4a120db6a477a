import { reportOf } from "../../../../commands/reach/report";

const PI = {
  name: "workstation",
  why: "root@192.0.2.8:22 did not let us in within 10 s",
  unreachable: "defer",
  changes: 3,
} as const;

test("nothing was deferred: nothing is said", () => {
  expect(reportOf({ stack: "lab", command: "up", hosts: [], waiting: [] })).toBe("");
});

test("what was deferred, why, what waits for it, and what catches up", () => {
  const waiting = ["sese-ai/caddy"];
  expect(reportOf({ stack: "prod", command: "up", hosts: [PI], waiting })).toBe(`
Deferred, and left as it is, since it cannot be reached:
  workstation: root@192.0.2.8:22 did not let us in within 10 s; 3 changes wait
Left, too, since it needs something there that was never made:
  sese-ai/caddy
When it is there again, \`make up STACK=prod\` catches up.`);
});

test("a host whose absence fails the run is told by its key", () => {
  const host = { ...PI, unreachable: "fail" as const, changes: 1 };
  expect(reportOf({ stack: "lab", command: "refresh", hosts: [host], waiting: [] })).toContain(
    "1 change waits; this fails the run, as vpai:hosts.workstation.unreachable says\nWhen it is there again, `make refresh`",
  );
});
