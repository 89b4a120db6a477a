import { awayOf } from "../../../../commands/reach/probe";
import { SshServer } from "../../providers/ssh-server";

let server: SshServer;
beforeAll(async () => {
  server = await SshServer.start();
});
afterAll(() => server.stop());
afterEach(() => jest.restoreAllMocks());

const WHY = "2026-11-30 12:00 UTC: no new login confirmed the change within 80 s";

/** What is said of a host that answers as given. */
async function said(stdout: string, asks: boolean): Promise<unknown[]> {
  server.respond = () => ({ code: 0, stdout, stderr: "" });
  server.commands.length = 0;
  const error = jest.spyOn(console, "error").mockImplementation();
  const host = { vanishes: false, connection: server.connection, unreachable: "fail", services: [] } as const;
  expect(await awayOf({ hub: host }, asks)).toEqual([]);
  return error.mock.calls.map(([sentence]) => sentence as unknown);
}

test("what a host took back is told with its reason, by the command that shows that it is there", async () => {
  expect(await said(`vpai-guard-vpn-node-0123abcd\t${WHY}\n`, true)).toEqual([
    `warning: hub: the host took the last change of its vpn-node back, ${WHY}.`,
  ]);
  expect(server.commands).toHaveLength(1);
  expect(server.commands[0]).toContain("/var/lib/vpai/guard");
});

test("nothing is told where there is nothing, or nobody asks", async () => {
  expect(await said("", true)).toEqual([]);
  expect(await said("", false)).toEqual([]);
  expect(server.commands).toEqual([["true"]]);
});
