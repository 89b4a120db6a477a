import { LocalRunner } from "../../../providers/local-runner";

const runner = new LocalRunner();

test("a command gets its standard input and gives its answer", async () => {
  const answer = await runner.run(["sh", "-c", "cat; echo no >&2; exit 3"], { stdin: "it's $HOME\n" });
  expect(answer).toEqual({ code: 3, stdout: "it's $HOME\n", stderr: "no\n" });
});

test("a command that ends without reading its input is no error", async () => {
  const answers = Array.from({ length: 40 }, () => runner.run(["true"], { stdin: "x".repeat(1_000_000) }));
  expect(new Set((await Promise.all(answers)).map(({ code }) => code))).toEqual(new Set([0]));
});

test("output of a command that fails says what failed and why", async () => {
  await expect(runner.output(["sh", "-c", "echo why >&2; exit 4"])).rejects.toThrow(
    "this machine: sh -c exited with 4: why",
  );
});
