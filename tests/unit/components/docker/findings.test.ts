import { log, output } from "@pulumi/pulumi";
import { Findings } from "../../../../components/docker/findings";
import { refused } from "../../providers/scripted-host";
import { SshServer } from "../../providers/ssh-server";

/** What a run sees of a host's containers though nothing about them changed. */

let server: SshServer;
beforeAll(async () => {
  server = await SshServer.start();
});
afterAll(() => server.stop());
beforeEach(() => {
  server.commands.length = 0;
});

const LISTED = [
  "vpai_sick\trunning\tUp 2 hours (unhealthy)\tbackend",
  "vpai_paused\tpaused\tUp 2 hours (Paused)\tbackend",
  "vpai_ended\texited\tExited (0) 2 hours ago\tbackend",
  "vpai_cut\trunning\tUp 2 hours (healthy)\tegress",
  "vpai_alone\trunning\tUp 2 hours (healthy)\t",
  "vpai_wide\trunning\tUp 2 hours (healthy)\tbackend,egress,frontend",
  "vpai_well\trunning\tUp 2 hours (healthy)\tegress,backend",
  "vpai_starts\trunning\tUp 2 seconds (health: starting)\tegress,backend",
].join("\n");

const findings = (): Findings => new Findings(output(server.connection), "dev.vpai.stack=prod", false);

test.each([
  ["vpai_sick", "unhealthy"],
  ["vpai_paused", "paused"],
  ["vpai_ended", "exited"],
  ["vpai_cut", "attached to egress"],
  ["vpai_alone", "attached to no network"],
  ["vpai_wide", "attached to backend, egress, frontend"],
  ["vpai_gone", "missing"],
  ["vpai_well", undefined],
  ["vpai_starts", undefined],
])("T13, T14: %s is found to be %s", async (name, found) => {
  server.respond = () => ({ code: 0, stdout: LISTED, stderr: "" });
  const wanted = name === "vpai_sick" ? ["backend"] : ["backend", "egress"];
  expect(await findings().of({ name, networks: wanted })).toBe(found);
});

test("one command on one connection tells of all of them", async () => {
  server.respond = () => ({ code: 0, stdout: LISTED, stderr: "" });
  const logins = server.logins;
  const all = findings();
  await Promise.all(["vpai_sick", "vpai_well"].map((name) => all.of({ name, networks: ["backend"] })));
  expect([server.commands.length, server.logins - logins]).toEqual([1, 1]);
});

test("looks at containers and networks that are under way at once are by one login, one after them by another", async () => {
  server.respond = ([program]) => ({ code: 0, stdout: program === "sh" ? "[]" : LISTED, stderr: "" });
  const logins = server.logins;
  const all = findings();
  const containers = all.of({ name: "vpai_sick", networks: ["backend"] });
  const networks = all.ofNetworks({ "dev.vpai.stack": "prod" });
  expect(await Promise.all([containers, networks])).toEqual(["unhealthy", []]);
  expect([server.commands.length, server.logins - logins]).toEqual([2, 1]);
  expect(await all.ofNetworks({ "dev.vpai.stack": "prod" })).toEqual([]);
  expect([server.commands.length, server.logins - logins]).toEqual([3, 2]);
});

test("a host that cannot be looked at is said, and nothing is found", async () => {
  const warned = jest.spyOn(log, "warn").mockResolvedValue();
  server.respond = () => refused("permission denied\n");
  expect(await findings().of({ name: "vpai_sick", networks: [] })).toBeUndefined();
  expect(warned.mock.calls).toEqual([
    [
      "could not see how the containers of root@127.0.0.1 are: root@127.0.0.1: docker ps exited with 1: permission denied",
    ],
  ]);
});

test("nobody looks at a host that the run leaves as it is", async () => {
  server.respond = () => ({ code: 0, stdout: LISTED, stderr: "" });
  server.commands.length = 0;
  const left = new Findings(output(server.connection), "dev.vpai.stack=prod", true);
  expect(await left.of({ name: "vpai_sick", networks: ["backend"] })).toBeUndefined();
  expect(server.commands).toEqual([]);
});
