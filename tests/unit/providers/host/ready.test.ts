import "../without-sdk";
import { transportTo } from "../../../../providers/ssh/transport";
import { expectReady } from "../../../../providers/host/ready";
import { hostReadinessKind } from "../../../../providers/resources/host-readiness";
import { SshServer } from "../ssh-server";

let server: SshServer;
beforeAll(async () => {
  server = await SshServer.start();
});
afterAll(() => server.stop());

const NEEDS = { folder: "/opt/vpai", memoryMiB: 0, ports: [], labels: [], replaced: [] };
const says = (disk: string): void => {
  const stdout = `engine 1.47 27.5.1 6.12.43\nlimits false\ndisk ${disk} 65536 60000 /opt/vpai\nmemory MemAvailable 999999\n`;
  server.respond = () => ({ code: 0, stdout, stderr: "" });
};

test("T11: everything that a host lacks is in one error, by its name", async () => {
  says("4096");
  const lacks = expectReady(transportTo(server.connection), NEEDS);
  await expect(lacks).rejects.toThrow(
    /^root@127\.0\.0\.1: expected a kernel that limits .* restart the host\. And expected 256 MiB of free space for \/opt\/vpai, found 4 MiB: .*\. Then run up again\.$/,
  );
});

test("the resource looks by one command, whenever it is made or changed", async () => {
  server.commands.length = 0;
  says("4096");
  const inputs = { ...NEEDS, connection: server.connection, containers: "abc" };
  await expect(hostReadinessKind.ensure(inputs)).rejects.toThrow("found 4 MiB");
  server.respond = () => ({
    code: 0,
    stdout: "engine 1.47 27.5.1 6.12.43\nlimits true\nmemory MemAvailable 999999\n",
    stderr: "",
  });
  expect(await hostReadinessKind.ensure(inputs)).toEqual({
    ...inputs,
    lookedAt: expect.stringMatching(/^20.*Z$/) as string,
  });
  expect(server.commands.length).toBe(2);
});
