import { SSHD } from "../../../../model/hardening/sshd";
import { reboot } from "../../../../providers/host/reboot";
import { implement, type Kind } from "../../../../providers/implementation";
import { sshdConfigKind } from "../../../../providers/resources/sshd-config";
import { Transport } from "../../../../providers/ssh/transport";
import { eventually } from "../../../eventually";
import { BareHost } from "../../harness/bare-host";
import type { SshdInputs } from "../../harness/hardened";

/** sshd of Ubuntu 24.04, which systemd starts for the first connection: the checklist, another port, and no way to be locked out. */

const host = BareHost.use("sshd", "lab-host-ubuntu");

/** A kind that does not wait as long for the login after the change. */
const within = (seconds: number): Kind<SshdInputs> => ({
  ...sshdConfigKind,
  ...(sshdConfigKind.guarded === undefined ? {} : { guarded: { ...sshdConfigKind.guarded, seconds } }),
});

const sshd = implement(sshdConfigKind);

const inputs = (over: Partial<SshdInputs> = {}): SshdInputs => ({
  connection: host().connection,
  users: ["root"],
  options: {
    ...Object.fromEntries(Object.entries(SSHD).map(([option, { value }]) => [option, value])),
    PermitRootLogin: "without-password",
  },
  port: 22,
  ...over,
});

const listening = (): string =>
  host().sh("ss -Hltn | sed -n 's/.*[]0]:\\([0-9]*\\) .*/\\1/p' | grep -E '^(22|804|2200)$' | sort -u | tr '\\n' ' '");

async function logInBy(port: number): Promise<string> {
  const login = new Transport({ ...host().connection, port }, 10_000);
  return login.output(["cat", "/etc/os-release"]).finally(() => login.close());
}

test("it is Ubuntu, whose sshd is started by its socket", async () => {
  expect(await logInBy(22)).toMatch(/^PRETTY_NAME="Ubuntu 24\.04/);
  expect(host().sh("systemctl is-enabled ssh.socket; systemctl is-enabled ssh.service || :")).toBe("enabled\ndisabled");
});

test("the checklist's values are in force, and the port stays", async () => {
  const { outs } = (await sshd.create(inputs())) as { outs: SshdInputs };
  expect((await sshd.diff("", (await sshd.read("", outs)).props, inputs())).changes).toBe(false);
  expect(host().sh("sshd -T | grep -E '^(maxauthtries|maxstartups|passwordauthentication|allowusers) ' | sort")).toBe(
    "allowusers root\nmaxauthtries 2\nmaxstartups 10:30:60\npasswordauthentication no",
  );
  expect(listening()).toBe("22");
}, 60_000);

test("another port is the socket's, also after a reboot, and back", async () => {
  const { outs } = (await sshd.create(inputs({ port: 804 }))) as { outs: SshdInputs };
  expect((await sshd.read("", outs)).props).toMatchObject({ port: 804 });
  expect(listening()).toBe("804");
  console.log(`back after ${(await reboot(outs.connection, 120)).toFixed(0)} s`);
  expect(listening()).toBe("804");
  expect(await logInBy(804)).toContain("Ubuntu");
  await sshd.create({ ...outs, port: 22 });
  expect(listening()).toBe("22");
}, 240_000);

test("a port that nobody reaches is taken back by the host", async () => {
  host().sh("iptables -I INPUT -p tcp --dport 2200 -j DROP");
  await expect(implement(within(40)).create(inputs({ port: 2200 }))).rejects.toThrow(
    /:2200 after the change, found .*The host was put back to what it was before\.$/,
  );
  host().sh("iptables -D INPUT -p tcp --dport 2200 -j DROP");
  expect(listening()).toBe("22");
  await logInBy(22);
}, 120_000);

test("AllowUsers without us is taken back by the host", async () => {
  await expect(implement(within(40)).create(inputs({ users: ["somebody"] }))).rejects.toThrow(
    /expected a login as .* after the change, found .*The host was put back to what it was before\.$/,
  );
  await eventually(() => logInBy(22), 30);
}, 120_000);

test("a configuration that sshd does not accept never takes effect", async () => {
  host().sh("echo 'Nonsense 3' > /etc/ssh/sshd_config.d/95-hand.conf");
  await expect(sshd.create(inputs({ users: ["root", "somebody"] }))).rejects.toThrow(
    /expected a configuration that `sshd -t` accepts, found: .*95-hand\.conf.*Nonsense/,
  );
  host().sh("rm /etc/ssh/sshd_config.d/95-hand.conf");
  await logInBy(22);
}, 60_000);
