import { implement, type Kind } from "../../../providers/implementation";
import { sshdConfigKind } from "../../../providers/resources/sshd-config";
import type { Connection } from "../../../providers/ssh/connection";
import { eventually } from "../../eventually";
import { GUARDS, HardenedHost, OURS, sshd, type SshdInputs, warningsOf } from "../harness/hardened";
import { killRightAfter } from "../harness/killed-change";
import { sharedLab } from "../harness/shared";

/** Nobody is locked out of a real host, by whatever change of sshd, killed run or reboot. */

let on: HardenedHost;

beforeAll(async () => {
  on = await HardenedHost.of(await sharedLab(), "workstation");
}, 1_500_000);

afterEach(() => on.forget());

/** A kind that does not wait as long for the login after the change. */
const within = (seconds: number): Kind<SshdInputs> => ({
  ...sshdConfigKind,
  ...(sshdConfigKind.guarded === undefined ? {} : { guarded: { ...sshdConfigKind.guarded, seconds } }),
});

test("AllowUsers without us is taken back by the host", async () => {
  const before = await on.onHost(`grep AllowUsers ${OURS}`);
  expect(before).toMatch(/^AllowUsers .*\broot\b/);
  await expect(implement(within(30)).create(on.changed({ users: ["somebody"] }))).rejects.toThrow(
    /^sshd on root@.*expected a login as .* after the change, found .*The host was put back to what it was before\.$/,
  );
  await on.logInWithin(5);
  expect(await on.onHost(`grep AllowUsers ${OURS}`)).toBe(before);
}, 180_000);

test("a port that nobody reaches is taken back by the host", async () => {
  await on.inMachine("iptables -I INPUT -p tcp --dport 2200 -j DROP");
  try {
    await expect(implement(within(30)).create(on.changed({ port: 2200 }))).rejects.toThrow(
      /:2200 after the change, found .*The host was put back to what it was before\.$/,
    );
  } finally {
    await on.inMachine("iptables -D INPUT -p tcp --dport 2200 -j DROP");
  }
  await on.logInWithin(5);
  expect(await on.inMachine("ss -Hltn 'sport = :2200'")).toBe("");
}, 180_000);

test("a port that is reached stays, and everything else logs in by it", async () => {
  const { outs } = (await sshd.create(on.changed({ port: 2200 }))) as { outs: SshdInputs };
  expect(outs.connection.port).toBe(2200);
  expect((await sshd.read("sshd", outs)).props).toMatchObject({ port: 2200 });
  await sshd.create({ ...outs, port: on.inputs.port });
  await on.logInWithin(5);
}, 120_000);

/** A run that is killed as soon as it has changed sshd so that nobody may come in. */
const killedRun = (): Promise<void> =>
  killRightAfter({ kind: ["sshd-config", "sshdConfigKind"], inputs: on.changed({ users: ["somebody"] }) });

test("after a run that was killed right after the change, a login works within 90 s, and the next change tells why", async () => {
  await killedRun();
  const began = Date.now();
  await expect(on.logInWithin(2)).rejects.toThrow();
  // Logins that fail often would be banned: whether the host has gone back is asked from inside.
  await eventually(() => on.inMachine(`test -e ${GUARDS}/*.reverted`), 80);
  await on.logInWithin(5);
  console.log(`a new login works ${Math.round((Date.now() - began) / 1000)} s after the change`);
  expect(Date.now() - began).toBeLessThan(90_000);
  expect(await warningsOf(() => sshd.create(on.inputs))).toMatch(
    /sshd on root@.*: the host took the last change back, .* UTC: no new login confirmed the change within 60 s\./,
  );
  expect(await warningsOf(() => sshd.create(on.inputs))).toBe("");
}, 240_000);

test("after a reboot before the confirmation, a login works within 90 s, and the next change tells why", async () => {
  await killedRun();
  const began = Date.now();
  await on.reboot();
  await eventually(() => on.inMachine(`test -e ${GUARDS}/*.reverted`), 80);
  await on.logInWithin(10);
  console.log(`a new login works ${Math.round((Date.now() - began) / 1000)} s after the beginning of the reboot`);
  expect(await warningsOf(() => sshd.create(on.inputs))).toMatch(
    /the host was restarted before a new login had confirmed the change\./,
  );
}, 240_000);

test("a key that is taken away under a guard comes back", async () => {
  const file = "/root/.ssh/authorized_keys";
  const before = await on.onHost(`cat ${file}`);
  const kind: Kind<{ connection: Connection }> = {
    version: 1,
    identity: [],
    id: () => "keys",
    guarded: {
      name: "keys",
      seconds: 20,
      logins: ({ connection }) => ({ before: connection, after: connection }),
      files: () => [file],
      restore: () => ({ text: ":" }),
    },
    ensure: async (keys) => (await on.inMachine(`: > ${file}`), keys),
    observe: (state) => Promise.resolve(state),
    remove: () => Promise.resolve(),
  };
  await expect(implement(kind).create({ connection: on.inputs.connection })).rejects.toThrow(/was put back/);
  await on.logInWithin(5);
  expect(await on.onHost(`cat ${file}`)).toBe(before);
}, 120_000);

/** Has sshd listen by itself again. One that systemd has forgotten, since its socket went, would keep the port. */
const BY_ITSELF = `systemctl disable --quiet --now ssh.socket; rm -rf /etc/systemd/system/ssh.socket.d; systemctl daemon-reload
systemctl stop ssh.service
for pid in $(ss -Hltnp | sed -n 's/.*"sshd",pid=\\([0-9]*\\).*/\\1/p' | sort -u); do kill "$pid"; done
systemctl enable --quiet --now ssh.service`;

test("where systemd listens for sshd, another port is the socket's", async () => {
  const listens = (port: number): Promise<string> => on.inMachine(`ss -Hltn 'sport = :${port}'`);
  await on.inMachine("systemctl disable --quiet --now ssh.service; systemctl enable --quiet --now ssh.socket");
  try {
    const { outs } = (await sshd.create(on.changed({ port: 2200 }))) as { outs: SshdInputs };
    expect((await sshd.read("sshd", outs)).props).toMatchObject({ port: 2200 });
    expect(await listens(2200)).not.toBe("");
    expect(await listens(on.inputs.port)).toBe("");
    await sshd.create({ ...outs, port: on.inputs.port });
    await on.logInWithin(5);
  } finally {
    await on.inMachine(BY_ITSELF);
  }
}, 180_000);

test("rules of sudo that a change under a guard breaks come back", async () => {
  const connection = { ...on.inputs.connection, user: "ops" };
  const rules = "/etc/sudoers.d/ops";
  await on.inMachine(
    `useradd --create-home --shell /bin/bash ops; cp -r /root/.ssh /home/ops/; chown -R ops: /home/ops/.ssh
    echo 'ops ALL=(ALL) NOPASSWD: ALL' > ${rules}; chmod 0440 ${rules}`,
  );
  const kind: Kind<{ connection: Connection }> = {
    version: 1,
    identity: [],
    id: () => "sudo",
    guarded: {
      name: "sudo",
      seconds: 20,
      logins: () => ({ before: connection, after: connection }),
      files: () => [rules],
      restore: () => ({ text: ":" }),
    },
    ensure: async (inputs) => (await on.inMachine(`echo 'ops ALL=(ALL NOPASSWD' > ${rules}`), inputs),
    observe: (state) => Promise.resolve(state),
    remove: () => Promise.resolve(),
  };
  try {
    await sshd.create(on.changed({ users: ["ops", "root"] }));
    await expect(implement(kind).create({ connection })).rejects.toThrow(/sudo.* The host was put back/s);
    expect(await on.inMachine("runuser -u ops -- sudo -n true; visudo -c >/dev/null; echo ok")).toBe("ok");
  } finally {
    await on.inMachine(`rm -f ${rules}; userdel --force --remove ops 2>/dev/null || :`);
    await sshd.create(on.inputs);
  }
}, 180_000);
