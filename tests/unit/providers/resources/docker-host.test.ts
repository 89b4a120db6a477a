import "../without-sdk";
import { pauses } from "../pauses";
import { implement } from "../../../../providers/implementation";
import { dockerHostKind } from "../../../../providers/resources/docker-host";
import { SshServer } from "../ssh-server";

let server: SshServer;

beforeAll(async () => {
  server = await SshServer.start();
});

afterAll(() => server.stop());

beforeEach(() => pauses.mockClear());

const DOWN = { code: 1, stdout: "", stderr: "Cannot connect to the Docker daemon\n" };
const UP = { code: 0, stdout: "26.1.5\n", stderr: "" };
const LOOK = { code: 0, stdout: "engine 1.45 26.1.5 6.12.43\nlimits true\n", stderr: "" };

test("an engine that starts is waited for, then reached by user, address and port", async () => {
  let look = 0;
  server.respond = ([command]) => (command === "sh" ? LOOK : (look += 1) < 4 ? DOWN : UP);
  const { connection } = server;
  expect(await dockerHostKind.ensure({ connection, patience: 60 })).toEqual({
    connection,
    patience: 60,
    endpoint: `ssh://root@127.0.0.1:${connection.port}`,
  });
  expect(pauses).toHaveBeenCalledTimes(3);
  expect(server.commands[0]).toEqual(["docker", "version", "--format", "{{.Server.Version}}"]);
});

test("one that never answers: what was expected, what was found, what to do", async () => {
  server.respond = () => DOWN;
  await expect(dockerHostKind.ensure({ connection: server.connection, patience: -1 })).rejects.toThrow(
    /^root@127\.0\.0\.1: expected a Docker engine that answers within -1 s, found: Cannot connect to the Docker daemon\. Install docker on the host, or look at `journalctl -u docker` there\.$/,
  );
});

test("another address is another endpoint of the same resource", () => {
  const { connection } = server;
  expect(
    dockerHostKind.id?.({ connection: { ...connection, host: "10.0.0.9", port: 804, user: "me" }, patience: 1 }),
  ).toBe("ssh://me@10.0.0.9:804");
  expect(dockerHostKind.identity).toEqual([]);
});

test("another connection is logged in with, and the endpoint follows", async () => {
  server.respond = ([command]) => (command === "sh" ? LOOK : UP);
  const { connection } = server;
  const before = {
    connection: { ...connection, port: 22 },
    patience: 60,
    endpoint: "ssh://root@127.0.0.1:22",
    version: 1,
  };
  const updated = await implement(dockerHostKind).update("ssh://root@127.0.0.1:22", before, {
    connection,
    patience: 60,
  });
  expect(updated).toMatchObject({
    outs: { connection, endpoint: `ssh://root@127.0.0.1:${connection.port}` },
  });
});

test("E8: one that cannot limit the memory of containers is refused at the gate, with the kernel's parameter", async () => {
  const text = "engine 1.41 20.10.24 6.12.43-rpi\nlimits false\n";
  server.respond = ([command]) => (command === "sh" ? { ...LOOK, stdout: text } : UP);
  await expect(dockerHostKind.ensure({ connection: server.connection, patience: 1 })).rejects.toThrow(
    /^root@127\.0\.0\.1: expected a kernel that limits the memory of containers, .*`cgroup_enable=memory cgroup_memory=1`.* And expected Docker 25 or newer, found 20\.10\.24: .*\.$/,
  );
});

test("S9: a host that forwards no streams is refused by the setting's name, before anything is changed there", async () => {
  server.respond = () => UP;
  server.forwards = false;
  try {
    await expect(dockerHostKind.ensure({ connection: server.connection, patience: 60 })).rejects.toThrow(
      /^root@127\.0\.0\.1: expected an SSH server that forwards TCP streams, found one that forbids it\. Set `AllowTcpForwarding yes`/,
    );
  } finally {
    server.forwards = true;
  }
});
