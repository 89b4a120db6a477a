import { dropIn, socketDropIn } from "../../../../providers/sshd/drop-in";
import { faultsOf } from "../../../../providers/sshd/faults";

const CONNECTION = { host: "192.0.2.1", port: 22, user: "mobuone", hostKey: "ssh-ed25519 AAAA" };
const OPTIONS: Record<string, string> = { PermitRootLogin: "no" };
const GOOD = { connection: CONNECTION, port: 22, users: ["mobuone"], options: OPTIONS };

const reasons = (change: Partial<typeof GOOD>): string[] =>
  faultsOf({ ...GOOD, ...change }).map(({ reason }) => reason);

test("what lets us in is no fault", () => {
  expect(reasons({})).toEqual([]);
  expect(
    reasons({
      connection: { ...CONNECTION, user: "root" },
      users: ["root"],
      options: { PermitRootLogin: "without-password", AuthorizedKeysFile: ".ssh/keys /etc/keys" },
    }),
  ).toEqual([]);
});

test.each<[string, Partial<Record<keyof typeof GOOD, unknown>>]>([
  ["expected mobuone in AllowUsers, as whom we log in, found nobody", { users: [] }],
  ["expected mobuone in AllowUsers, as whom we log in, found root, bob", { users: ["root", "bob"] }],
  ["expected login names in AllowUsers, found mobuone, b ob", { users: ["mobuone", "b ob"] }],
  ["expected a port from 1 to 65535, found 65536", { port: 65536 }],
  ["expected PubkeyAuthentication yes, as we log in by a key, found no", { options: { PubkeyAuthentication: "no" } }],
  ["expected MaxSessions of 1 at least, as our commands are sessions, found 0", { options: { MaxSessions: "0" } }],
  [
    "expected AllowTcpForwarding local, as databases, programs and hosts behind this one are reached through it, found no",
    { options: { AllowTcpForwarding: "no" } },
  ],
  [
    "expected names and values of sshd_config of words in one line, found others",
    { options: { MaxAuthTries: "2\nPermitRootLogin yes" } },
  ],
])("%s", (reason, change) => {
  expect(reasons(change as Partial<typeof GOOD>)).toEqual([reason]);
});

test("root that is refused is a fault where we are root", () => {
  const root = { connection: { ...CONNECTION, user: "root" }, users: ["root"] };
  expect(reasons(root)).toEqual([
    "expected PermitRootLogin without-password, as we log in as root: name another user in the stack's file for `no`, found no",
  ]);
});

test("the file names a port where others do not lead to it, and root's login by the name that it has today", () => {
  const wanted = { users: ["bob", "root"], options: { PermitRootLogin: "without-password", MaxAuthTries: "2" } };
  const written = ["AllowUsers bob root", "PermitRootLogin prohibit-password", "MaxAuthTries 2", ""];
  expect(dropIn(wanted, undefined).split("\n").slice(1)).toEqual(written);
  expect(dropIn(wanted, 804).split("\n").slice(1)).toEqual(["Port 804", ...written]);
});

test("a socket listens on the new port alone", () => {
  expect(socketDropIn(804, true)).toBe(
    "[Socket]\nListenStream=\nListenStream=0.0.0.0:804\nListenStream=[::]:804\nBindIPv6Only=ipv6-only\n",
  );
  expect(socketDropIn(804, false)).not.toContain("[::]");
});
