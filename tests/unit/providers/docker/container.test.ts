import { inspectContainer } from "../../../../providers/docker/container";
import { networksOf } from "../../../../providers/docker/networks/found";
import { inspected } from "../../inspected";

const saying = (stdout: string) => ({
  name: "root@host",
  run: () => Promise.resolve({ code: 0, stdout, stderr: "" }),
  output: () => Promise.resolve(stdout),
});
const COMPARE = "compare the version of the program that gave it with the one that is pinned here";

test("a container is what Docker says, with what we do not know of it", async () => {
  const said = { ...inspected({ State: { Health: { Status: "healthy", Log: null } } }), Driver: "overlay2" };
  expect(await inspectContainer(saying(JSON.stringify([said])), "vpai_n8n")).toEqual(said);
});

test.each([
  ["", ", found nothing"],
  ["{}", " as a list, found an object"],
  [
    JSON.stringify([{ ...inspected({}), State: { Status: "running", StartedAt: "x", Pid: "s3cret", ExitCode: 0 } }]),
    " with a number in 0.State.Pid, found a text there",
  ],
])("another description of it is told by its place: %s", async (said, found) => {
  await expect(inspectContainer(saying(said), "vpai_n8n")).rejects.toThrow(
    new Error(`expected the description of vpai_n8n by the engine on root@host${found}: ${COMPARE}`),
  );
});

test("so is another list of networks", async () => {
  await expect(networksOf(saying('[{"Id":"beef","Name":"a","Internal":true}]'), {})).rejects.toThrow(
    new Error(
      `expected the networks of the engine on root@host with an object in 0.IPAM, found nothing there: ${COMPARE}`,
    ),
  );
});
