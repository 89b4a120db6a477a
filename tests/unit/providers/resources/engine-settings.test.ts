import "../without-sdk";
import { ENGINE_SETTINGS } from "../../../../model/hardening/engine";
import { engineSettingsKind } from "../../../../providers/resources/engine-settings";
import { SshServer } from "../ssh-server";

let server: SshServer;
beforeAll(async () => {
  server = await SshServer.start();
});
afterAll(() => server.stop());

test("a daemon.json that somebody broke is drift, and is refused when it is to be changed", async () => {
  server.respond = (argv) => ({
    code: 0,
    stderr: "",
    stdout: argv.at(-1) === "/etc/docker/daemon.json" ? '{ "log-driver": ' : "",
  });
  const inputs = { connection: server.connection, settings: ENGINE_SETTINGS, condition: "in force" };
  expect((await engineSettingsKind.observe({ ...inputs, before: {} }))?.condition).toBe(
    "differs: JSON in the file, engine in the engine, the end of containers at shutdown",
  );
  await expect(engineSettingsKind.ensure(inputs)).rejects.toThrow(
    /daemon\.json: expected JSON, found .*: mend it by hand/,
  );
});
