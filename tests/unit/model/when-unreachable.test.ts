import { whenUnreachable } from "../../../model/stack";
import { platformNamed } from "../../../platforms";

test.each([
  ["existing", true, "defer"],
  ["lab", true, "defer"],
  ["hcloud", true, "fail"],
  ["existing", false, "fail"],
  ["lab", false, "fail"],
] as const)("a machine of the kind %s, often offline: %s: %s", (kind, oftenOffline, expected) => {
  expect(whenUnreachable({ machine: { kind } }, { oftenOffline })).toBe(expected);
});

test("the stack's file outranks that", () => {
  expect(whenUnreachable({ machine: { kind: "existing" }, unreachable: "fail" }, { oftenOffline: true })).toBe("fail");
  expect(whenUnreachable({ machine: { kind: "hcloud" }, unreachable: "defer" }, {})).toBe("defer");
});

test("of the platform's hosts, the Raspberry Pi at home alone is often offline", () => {
  const { hosts } = platformNamed("vpai");
  expect(Object.keys(hosts).filter((name) => hosts[name]?.oftenOffline === true)).toEqual(["workstation"]);
});
