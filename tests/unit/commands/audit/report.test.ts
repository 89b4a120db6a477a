import { expectFormat } from "../../../../commands/audit/format";
import { type AuditFinding, judged } from "../../../../commands/audit/finding";
import type { AuditedHost } from "../../../../commands/audit/host";
import { isClean, jsonOf, reportOf } from "../../../../commands/audit/report";

const finding = (change: Partial<AuditFinding> = {}): AuditFinding => ({
  ...{ host: "one", check: "user", subject: "mallory", where: "mallory" },
  ...{ expected: "no user", found: "uid 1001", mend: "userdel mallory" },
  ...change,
});

const host = (change: Partial<AuditedHost> = {}): AuditedHost => ({
  ...{ name: "one", state: "audited", findings: [], accepted: [] },
  ...change,
});

describe("exceptions", () => {
  test.each([
    ["mallory", true],
    ["*", true],
    ["mal*", true],
    ["*ory", true],
    ["m*l*y", true],
    ["m*x*y", false],
    ["mallory*mallory", false],
    ["mal", false],
    ["mallor.", false],
  ])("the subject %s", (subject, isAccepted) => {
    const { findings, accepted } = judged([finding()], [{ check: "user", subject, reason: "she is ours" }]);
    expect([findings.length, accepted.length]).toEqual(isAccepted ? [0, 1] : [1, 0]);
  });

  test("are of one check", () => {
    expect(judged([finding()], [{ check: "key", subject: "*", reason: "x" }]).findings).toHaveLength(1);
  });
});

describe("what counts as clean", () => {
  test.each<[string, Partial<AuditedHost>, boolean]>([
    ["nothing found", {}, true],
    ["what is accepted", { accepted: [{ ...finding(), reason: "she is ours" }] }, true],
    ["a host that may be away", { state: "deferred", why: "no answer" }, true],
    ["a host that may not", { state: "failed", why: "no answer" }, false],
    ["a finding", { findings: [finding()] }, false],
  ])("%s", (_, change, clean) => {
    expect(isClean([host(), host(change)])).toBe(clean);
  });
});

test("a person gets a table, what is accepted by its reason, and a line for each host", () => {
  const accepted = ["a", "b", "c", "d"].map((name) => ({
    ...finding({ check: "hardening", subject: `${name}/pids` }),
    reason: "the client cannot say it",
  }));
  const hosts = [
    host({
      findings: [finding(), finding({ check: "sshd", subject: "MaxSessions", where: "sshd: MaxSessions" })],
      accepted,
    }),
    host({ name: "two", state: "deferred", why: "no answer\nat all" }),
    host({ name: "three", state: "failed", why: "refused" }),
  ];
  expect(reportOf("prod", hosts)).toBe(`host  what               expected  found     how to mend
----  -----------------  --------  --------  ---------------
one   user mallory       no user   uid 1001  userdel mallory
one   sshd: MaxSessions  no user   uid 1001  userdel mallory

Accepted, as the platform says why:
  the client cannot say it: one a/pids, one b/pids, one c/pids and 1 more

one: 2 findings, 4 accepted
two: deferred, since it cannot be reached: no answer. When it is there again: make audit STACK=prod HOST=two
three: not audited: refused`);
});

test("a program gets JSON in the form that docs/audit.md promises", () => {
  const accepted = [{ ...finding({ subject: "eve" }), reason: "she is ours" }];
  const hosts = [host({ findings: [finding()], accepted }), host({ name: "two", state: "deferred", why: "no answer" })];
  expect(JSON.parse(jsonOf("prod", hosts, new Date("2026-11-29T23:00:00Z")))).toEqual({
    version: 1,
    stack: "prod",
    at: "2026-11-29T23:00:00.000Z",
    clean: false,
    hosts: [
      { name: "one", state: "audited" },
      { name: "two", state: "deferred", why: "no answer" },
    ],
    findings: [finding()],
    accepted,
  });
});

test("FORMAT is text or json", () => {
  expect([expectFormat(), expectFormat(""), expectFormat("text"), expectFormat("json")]).toEqual([
    ...["text", "text", "text", "json"],
  ]);
  expect(() => expectFormat("yaml")).toThrow(/expected: text or json\n.*"yaml"/);
});
