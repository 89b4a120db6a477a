import "../without-sdk";
import { pauses } from "../pauses";
import { engineOf, RetryingHost } from "../../../../providers/docker/retrying-host";
import { Transport } from "../../../../providers/ssh/transport";
import { SshServer } from "../ssh-server";

const AWAY = {
  code: 1,
  stdout: "",
  stderr: "Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?\n",
};
const AWAY_29 = {
  ...AWAY,
  stderr:
    "failed to connect to the docker API at unix:///var/run/docker.sock; check if the path is correct and if the daemon is running: dial unix /var/run/docker.sock: connect: no such file or directory\n",
};
const CUT = { ...AWAY, stderr: 'error during connect: Get "http://%2Fvar%2Frun%2Fdocker.sock/v1.45/info": EOF\n' };
const THERE = { code: 0, stdout: "yes\n", stderr: "" };
const COMMAND = ["docker", "container", "inspect", "x"];

let server: SshServer;
let host: RetryingHost;
beforeAll(async () => {
  server = await SshServer.start();
  host = new RetryingHost(new Transport(server.connection));
});
afterAll(() => server.stop());
beforeEach(() => {
  server.commands.length = 0;
  pauses.mockClear();
});

/** The answers of the next commands, the last one for ever. */
function answers(...given: (typeof AWAY)[]): void {
  let count = 0;
  server.respond = () => given[Math.min((count += 1), given.length) - 1];
}

test("T10: an engine that is away while it is restarted is asked again, every 2 seconds", async () => {
  answers(AWAY, CUT, AWAY_29, THERE);
  expect(await host.output(COMMAND)).toBe("yes\n");
  expect(server.commands).toEqual([COMMAND, COMMAND, COMMAND, COMMAND]);
  expect(pauses.mock.calls).toEqual([[2000], [2000], [2000]]);
});

test("T10: one that stays away is an error after 2 minutes, with its own words", async () => {
  answers(AWAY);
  await expect(host.output(COMMAND)).rejects.toThrow("Is the docker daemon running?");
  expect(pauses).toHaveBeenCalledTimes(60);
});

test.each([
  "Error response from daemon: No such container: x",
  "Error response from daemon: dial unix /run/docker/plugins/x.sock: connect: no such file or directory",
])("what the engine itself refuses is not asked twice: %s", async (stderr) => {
  answers({ ...AWAY, stderr });
  expect((await host.run(COMMAND)).code).toBe(1);
  expect(pauses).not.toHaveBeenCalled();
});

test("T10: two looks at one engine agree", async () => {
  server.respond = () => undefined;
  const engine = await engineOf(host);
  expect(engine).toMatch(/^[0-9a-f-]{36}\n/);
  expect(await engineOf(host)).toBe(engine);
});
