import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { cacheDirectory } from "../../../toolchain/environment";
import { eventually } from "../../eventually";
import { succeed } from "./run";

const VERSION = "v1.8.0";

/** A disk of the server's own, which the others of this machine do not have. */
export interface SmallDisk {
  /** Bytes. */
  room: number;
  /** Image and name of the container that it is in, with the server. */
  image: string;
  container: string;
}

/** Where that container has what the server keeps. */
const DISK = "/disk";

/** A real S3 server as a process on this machine, which keeps buckets as folders and objects as files. */
export class S3Server {
  static readonly accessKey = "test";
  static readonly secretKey = "test-secret";

  private constructor(
    private readonly process: ChildProcess,
    private readonly disk: SmallDisk | undefined,
    /** Folders of the buckets, of what was in them, and of the accounts. */
    private readonly folders: readonly [string, string, string],
    /** `<address>:<port>`. */
    readonly address: string,
  ) {}

  /**
   * @param host address of this machine that it listens on
   * @param users keys that may do what a bucket's policy says, by access key; with them it can keep versions, too
   * @param disk that it keeps all in; else folders of this machine
   */
  static async start(
    host: string,
    buckets: readonly string[],
    users: Readonly<Record<string, string>> = {},
    disk?: SmallDisk,
  ): Promise<S3Server> {
    const root = mkdtempSync(path.join(tmpdir(), "vpai-s3-"));
    for (const bucket of buckets) mkdirSync(path.join(root, bucket));
    const address = `${host}:${await freePort(host)}`;
    const keys = ["--access", S3Server.accessKey, "--secret", S3Server.secretKey];
    const [versions, accounts] = [mkdtempSync(`${root}-versions-`), mkdtempSync(`${root}-accounts-`)];
    const [command = "", ...args] = disk === undefined ? [await program()] : await onDisk(disk);
    const [iam, kept, objects] = disk === undefined ? [accounts, versions, root] : FOLDERS;
    const server = spawn(
      command,
      [...args, ...keys, "--iam-dir", iam, "--port", address, "posix", "--versioning-dir", kept, objects],
      { stdio: "ignore" },
    );
    await eventually(() => fetch(`http://${address}`), 20);
    for (const [user, secret] of Object.entries(users)) await addUser(address, user, secret);
    return new S3Server(server, disk, [root, versions, accounts], address);
  }

  /** Folder of the buckets. */
  get root(): string {
    return this.folders[0];
  }

  /** Keys of a bucket's objects. */
  objects(bucket: string): string[] {
    const entries = readdirSync(path.join(this.root, bucket), { recursive: true, withFileTypes: true });
    return entries
      .filter((entry) => entry.isFile())
      .map((entry) => path.relative(path.join(this.root, bucket), path.join(entry.parentPath, entry.name)));
  }

  /** Takes all of the disk's room but so many bytes. */
  fill(left: number): void {
    const script = 'head -c $(($(df --output=avail --block-size=1 "$1" | tail -n 1) - $2)) /dev/zero > "$1/filler"';
    this.inDisk("sh", "-euc", script, "sh", DISK, String(left));
  }

  /** Gives the room back. */
  empty(): void {
    this.inDisk("rm", `${DISK}/filler`);
  }

  private inDisk(...command: string[]): void {
    if (this.disk === undefined) throw new Error("expected a server with a disk of its own");
    execFileSync("docker", ["exec", this.disk.container, ...command]);
  }

  /** Gives out a further key, as its console does. */
  addKey(access: string, secret: string): Promise<void> {
    return addUser(this.address, access, secret);
  }

  /** Ends a key for good. */
  async revokeKey(access: string): Promise<void> {
    await administer(this.address, ["delete-user", "--access", access]);
  }

  stop(): void {
    if (this.disk !== undefined) execFileSync("docker", ["rm", "--force", this.disk.container], { stdio: "ignore" });
    this.process.kill("SIGKILL");
    for (const folder of this.folders) rmSync(folder, { recursive: true, force: true });
  }
}

/** Folders on a disk of its own: of accounts, of what was in the buckets, and of the buckets. */
const FOLDERS = [`${DISK}/accounts`, `${DISK}/versions`, `${DISK}/buckets`] as const;

/** What the server's program is begun with, so that it has such a disk, and is reached as if it were none. */
async function onDisk({ room, image, container }: SmallDisk): Promise<string[]> {
  const file = await program();
  const begin = `mkdir -p ${FOLDERS.join(" ")}; exec /versitygw "$@"`;
  return [
    ...["docker", "run", "--rm", "--name", container, "--network", "host", "--tmpfs", `${DISK}:size=${room}`],
    ...["--volume", `${file}:/versitygw:ro`, "--entrypoint", "sh", image, "-euc", begin, "versitygw"],
  ];
}

const addUser = (address: string, user: string, secret: string): Promise<void> =>
  administer(address, ["create-user", "--access", user, "--secret", secret, "--role", "user"]);

/** Has the server's owner do something. */
async function administer(address: string, command: readonly string[]): Promise<void> {
  const owner = ["--access", S3Server.accessKey, "--secret", S3Server.secretKey];
  const argv = [await program(), "admin", ...owner, "--endpoint-url", `http://${address}`, ...command];
  await succeed(argv, { timeout: 20 });
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
