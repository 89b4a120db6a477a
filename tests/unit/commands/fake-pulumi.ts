import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import os from "node:os";
import path from "node:path";

/** Notes how it was called, keeps a state that it is given, and answers as the test wants. */
const SCRIPT = `#!/bin/sh
echo "$*" >>"$FAKE_PULUMI/calls"
verb="$1-$2"
if [ "$verb" = stack-import ]; then for file; do :; done; cp "$file" "$FAKE_PULUMI/imported"; fi
for answer in stdout "stdout-$verb"; do [ ! -e "$FAKE_PULUMI/$answer" ] || cat "$FAKE_PULUMI/$answer"; done
[ ! -e "$FAKE_PULUMI/stderr" ] || cat "$FAKE_PULUMI/stderr" >&2
[ ! -e "$FAKE_PULUMI/signal" ] || kill -"$(cat "$FAKE_PULUMI/signal")" $$
next=$(cat "$FAKE_PULUMI/next" 2>/dev/null) && rm "$FAKE_PULUMI/next" && exit "$next"
exit "$(cat "$FAKE_PULUMI/code-$1" 2>/dev/null || cat "$FAKE_PULUMI/code" 2>/dev/null || echo 0)"
`;

/** A `pulumi` on the search path that does nothing but note how it was called. */
class FakePulumi {
  /** The folder of a file backend, and of the files of stacks that say nothing. */
  readonly state = mkdtempSync(path.join(os.tmpdir(), "fake-pulumi-"));
  private readonly folder = path.join(this.state, "fake");

  constructor() {
    mkdirSync(this.folder);
    for (const stack of ["lab", "preprod", "prod"]) writeFileSync(path.join(this.state, `Pulumi.${stack}.yaml`), "");
    writeFileSync(path.join(this.folder, "pulumi"), SCRIPT);
    chmodSync(path.join(this.folder, "pulumi"), 0o755);
  }

  get environment(): NodeJS.ProcessEnv {
    return {
      ...process.env,
      PATH: `${this.folder}:${process.env["PATH"] ?? ""}`,
      FAKE_PULUMI: this.folder,
      PULUMI_BACKEND_URL: `file://${this.state}`,
    };
  }

  /** Command lines so far. */
  get calls(): string[] {
    const file = path.join(this.folder, "calls");
    return existsSync(file) ? readFileSync(file, "utf8").trimEnd().split("\n") : [];
  }

  /** What the next calls answer. @param answer `next`: the exit code of the next call alone */
  answer(answer: { code?: number; next?: number; stdout?: string; stderr?: string; signal?: string }): void {
    for (const [name, value] of Object.entries(answer)) writeFileSync(path.join(this.folder, name), String(value));
  }

  /** The exit code of one of its commands, e.g. of `up`. */
  exit(command: string, code: number): void {
    writeFileSync(path.join(this.folder, `code-${command}`), String(code));
  }

  /** The state that `stack export` gives. */
  export(state: object): void {
    writeFileSync(path.join(this.folder, "stdout-stack-export"), JSON.stringify(state));
  }

  /** The state that was handed to `stack import`; undefined when there was none. */
  get imported(): unknown {
    const file = path.join(this.folder, "imported");
    return existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as unknown) : undefined;
  }

  /** A file of the backend. */
  backendFile(...parts: string[]): string {
    const file = path.join(this.state, ".pulumi", ...parts);
    mkdirSync(path.dirname(file), { recursive: true });
    return file;
  }

  reset(): void {
    const answers = readdirSync(this.folder).filter((name) => name !== "pulumi");
    for (const name of answers) rmSync(path.join(this.folder, name));
    rmSync(path.join(this.state, ".pulumi"), { recursive: true, force: true });
  }

  remove(): void {
    rmSync(this.state, { recursive: true, force: true });
  }
}

export const fake = new FakePulumi();

jest.mock("../../../toolchain/environment", () => ({
  projectRoot: fake.state,
  localDirectory: path.join(fake.state, "local"),
  pulumiEnvironment: () => fake.environment,
}));
