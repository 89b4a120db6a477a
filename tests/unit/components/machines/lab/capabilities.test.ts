import { execFileSync } from "node:child_process";
import fc from "fast-check";
import { availableCapabilities, capabilitiesOf } from "../../../../../components/machines/lab/capabilities";

/** Docker's default set, as every container's /proc shows it. */
const DOCKER_DEFAULT = [
  ...["CHOWN", "DAC_OVERRIDE", "FOWNER", "FSETID", "KILL", "SETGID", "SETUID", "SETPCAP"],
  ...["NET_BIND_SERVICE", "NET_RAW", "SYS_CHROOT", "MKNOD", "AUDIT_WRITE", "SETFCAP"],
];

test.each([
  ["0000000000000000", []],
  ["0000000000000001", ["CHOWN"]],
  ["0000000000000400", ["NET_BIND_SERVICE"]],
  ["0000000000001000", ["NET_ADMIN"]],
  ["0000000000200000", ["SYS_ADMIN"]],
  ["0000000001000000", ["SYS_RESOURCE"]],
  ["00000000a80425fb", DOCKER_DEFAULT],
])("%s", (mask, names) => expect(capabilitiesOf(mask)).toEqual(names));

test("a kernel's whole set has no name twice; numbers beyond our names are left out", () => {
  const all = capabilitiesOf("000001ffffffffff");
  expect(all.length).toBe(37);
  expect(new Set(all).size).toBe(37);
  expect(capabilitiesOf("ffffffffffffffff")).toEqual(all);
});

test("a union of masks has the names of both", () => {
  const mask = fc.bigInt({ min: 0n, max: (1n << 37n) - 1n });
  const hex = (value: bigint): string => value.toString(16).padStart(16, "0");
  fc.assert(
    fc.property(mask, mask, (a, b) => {
      const both = new Set([...capabilitiesOf(hex(a)), ...capabilitiesOf(hex(b))]);
      expect(new Set(capabilitiesOf(hex(a | b)))).toEqual(both);
    }),
  );
});

test("the bounding set of a status file counts, not the effective one", () => {
  const status =
    "Name:\tnode\nCapInh:\t0000000000000000\nCapEff:\t0000000000000000\nCapBnd:\t0000000000000401\nCapAmb:\t0000000000000000\n";
  expect(availableCapabilities(status)).toEqual(["CAP_CHOWN", "CAP_NET_BIND_SERVICE"]);
  expect(() => availableCapabilities("Name:\tnode\n")).toThrow(
    "expected CapBnd in /proc/self/status, found none: the lab needs a Linux machine",
  );
});

test("this machine's own set is what the kernel says of any process here", () => {
  const shown =
    /^CapBnd:\s*([0-9a-f]+)$/m.exec(execFileSync("cat", ["/proc/self/status"], { encoding: "utf8" }))?.[1] ?? "";
  expect(availableCapabilities()).toEqual(capabilitiesOf(shown).map((name) => `CAP_${name}`));
});
