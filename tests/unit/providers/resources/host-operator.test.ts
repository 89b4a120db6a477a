import "../without-sdk";
import { hostOperatorKind } from "../../../../providers/resources/host-operator";
import { SshServer } from "../ssh-server";

const KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEB";
const OTHER = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIC";

let server: SshServer;
beforeAll(async () => {
  server = await SshServer.start();
});
afterAll(() => server.stop());

const stateWith = (visitors: string[]) => ({
  ...{ connection: server.connection, user: "op", home: "/home/op", groups: ["sudo"], keys: [KEY], visitors },
  ...{ otherKeys: "remove" as const, sudoers: "/etc/sudoers.d/60-op", becomesRoot: "without a password" },
  ...{ undeclaredKeys: [], made: false },
});

/** An account with a plain key, and one that a job has for a command. */
const respond = ([command]: string[]) => ({
  code: 0,
  stderr: "",
  stdout:
    command === "cat"
      ? "op ALL=(ALL:ALL) NOPASSWD: ALL\n"
      : `1000:1000\n/home/op\nop sudo\n${KEY} me\nrestrict,command="exec sh" ${OTHER} copies@hub\n`,
});

test("the key of a job that visits the host is no difference; that of nobody is", async () => {
  server.respond = respond;
  expect(await hostOperatorKind.observe(stateWith(["copies@hub"]))).toEqual(stateWith(["copies@hub"]));
  const found = await hostOperatorKind.observe(stateWith([]));
  expect(found?.keys).toEqual([KEY, expect.stringMatching(/^SHA256:\S+ copies@hub$/)]);
});
