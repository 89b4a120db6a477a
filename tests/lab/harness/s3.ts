import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { cacheDirectory } from "../../../toolchain/environment";
import { eventually } from "../../eventually";
import { succeed } from "./run";

const VERSION = "v1.8.0";

/** A real S3 server as a process on this machine, which keeps buckets as folders and objects as files. */
export class S3Server {
  static readonly accessKey = "test";
  static readonly secretKey = "test-secret";

  private constructor(
    private readonly process: ChildProcess,
    /** Folder of the buckets. */
    readonly root: string,
    /** `<address>:<port>`. */
    readonly address: string,
  ) {}

  /** @param host address of this machine that it listens on */
  static async start(host: string, buckets: readonly string[]): Promise<S3Server> {
    const root = mkdtempSync(path.join(tmpdir(), "vpai-s3-"));
    for (const bucket of buckets) mkdirSync(path.join(root, bucket));
    const address = `${host}:${await freePort(host)}`;
    const keys = ["--access", S3Server.accessKey, "--secret", S3Server.secretKey];
    const server = spawn(await program(), [...keys, "--port", address, "posix", root], { stdio: "ignore" });
    await eventually(() => fetch(`http://${address}`), 20);
    return new S3Server(server, root, address);
  }

  /** Keys of a bucket's objects. */
  objects(bucket: string): string[] {
    const entries = readdirSync(path.join(this.root, bucket), { recursive: true, withFileTypes: true });
    return entries
      .filter((entry) => entry.isFile())
      .map((entry) => path.relative(path.join(this.root, bucket), path.join(entry.parentPath, entry.name)));
  }

  stop(): void {
    this.process.kill("SIGKILL");
    rmSync(this.root, { recursive: true, force: true });
  }
}

/** The server's program, built once for all checkouts. */
async function program(): Promise<string> {
  const directory = path.join(cacheDirectory(), "tests", `versitygw-${VERSION}`);
  const file = path.join(directory, "versitygw");
  const argv = ["go", "install", `github.com/versity/versitygw/cmd/versitygw@${VERSION}`];
  if (!existsSync(file)) await succeed(argv, { environment: { ...process.env, GOBIN: directory }, timeout: 900 });
  return file;
}

const freePort = (host: string): Promise<number> =>
  new Promise((resolve) => {
    const probe = createServer().listen(0, host, () => {
      const { port } = probe.address() as { port: number };
      probe.close(() => resolve(port));
    });
  });
