import "../../providers/without-sdk";
import { tryOut } from "../../../../commands/drill/isolation";
import { countedPackets } from "../../../../providers/isolation/counted";

/** A host that answers nft with these counts, one after another, and everything else with a text. */
function hostWith(counts: readonly [refused: number, past: number][], said: string, code = 0) {
  const left = [...counts];
  const calls: string[][] = [];
  return {
    calls,
    name: "root@10.0.0.1",
    run: (argv: readonly string[]) => {
      calls.push([...argv]);
      if (argv[0] !== "nft") return Promise.resolve({ code, stdout: said, stderr: "" });
      const [refused, past] = left.shift() ?? [0, 0];
      const stdout = `table inet vpai_isolation {\n\tcounter refused {\n\t\tpackets ${refused} bytes 1\n\t}\n\tcounter past {\n\t\tpackets ${past} bytes 1\n\t}\n}\n`;
      return Promise.resolve({ code: 0, stdout, stderr: "" });
    },
  };
}

const tried = (host: ReturnType<typeof hostWith>) =>
  tryOut(host as unknown as Parameters<typeof tryOut>[0], ["mayi.ewutelo.cloud"], {
    image: "sha256:x",
    networks: ["egress"],
  });

test("our own tries are counted as refused, and nobody answers", async () => {
  const host = hostWith(
    [
      [3, 0],
      [9, 0],
    ],
    "",
  );
  expect(await tried(host)).toEqual({ packets: { refused: 9, past: 0 }, namesAsked: 2, problems: [] });
  expect(host.calls.map(([command]) => command)).toEqual(["nft", "bash", "docker", "nft"]);
});

test("an answer, a name with an address, and a kernel that counts nothing are told", async () => {
  const { problems } = await tried(
    hostWith(
      [
        [3, 0],
        [3, 0],
      ],
      "answers\nresolves mayi.ewutelo.cloud\n",
    ),
  );
  expect(problems).toEqual([
    "the host: expected nobody to answer outside, found an answer of 192.0.2.1",
    "the host: expected no address of mayi.ewutelo.cloud, found one",
    "a container on egress: expected nobody to answer outside, found an answer of 192.0.2.1",
    "a container on egress: expected no address of mayi.ewutelo.cloud, found one",
    "expected the kernel to count what it refuses, found that it counted none of our own tries",
  ]);
});

test("a try that could not be made is no success", async () => {
  const { problems } = await tried(
    hostWith(
      [
        [3, 0],
        [9, 0],
      ],
      "",
      125,
    ),
  );
  expect(problems).toHaveLength(2);
});

test("a host that is not closed is told", async () => {
  const open = { name: "root@10.0.0.1", run: () => Promise.resolve({ code: 1, stdout: "", stderr: "No such file" }) };
  await expect(countedPackets(open)).rejects.toThrow("expected a closed host (table inet vpai_isolation), found none");
});
