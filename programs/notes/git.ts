import { execFile } from "node:child_process";
import { existsSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";

/** How the history reaches another place. */
export interface RemoteSettings {
  /** As Git takes it: `git@github.com:owner/vault.git`, `ssh://…`, `https://…`. */
  url: string;
  branch: string;
  /** File with a private key, for SSH. */
  keyFile?: string;
  /** File with the server's host keys, for SSH: no other is trusted. */
  knownHostsFile?: string;
  /** File with a token, for HTTPS. */
  tokenFile?: string;
}

/** What a command of Git answered. */
interface Answer {
  code: number;
  stdout: string;
  stderr: string;
}

/** Seconds that one command may take; the first push of a large vault is long. */
const LIMIT = 1_800;

/** Who made the commits. */
const AUTHOR = { name: "vault dump", email: "vault-dump@localhost" };

/** What a vault may hold must not change what Git does: files are taken as they are, and no program but Git's own runs. */
const SETTINGS = {
  "core.hooksPath": "/dev/null",
  "core.autocrlf": "false",
  "core.quotePath": "false",
  "core.precomposeUnicode": "false",
  "core.fsync": "committed",
  "gc.autoDetach": "false",
  "user.name": AUTHOR.name,
  "user.email": AUTHOR.email,
};

const ATTRIBUTES = "* -text -filter -ident -working-tree-encoding\n";

const quoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;

function sshCommand({ keyFile, knownHostsFile }: RemoteSettings): string {
  const options = {
    BatchMode: "yes",
    ConnectTimeout: "20",
    ServerAliveInterval: "15",
    IdentitiesOnly: "yes",
    StrictHostKeyChecking: "yes",
    GlobalKnownHostsFile: "/dev/null",
    UserKnownHostsFile: knownHostsFile ?? "/dev/null",
  };
  const words = Object.entries(options).flatMap(([name, value]) => ["-o", quoted(`${name}=${value}`)]);
  return ["ssh", "-F", "none", ...words, ...(keyFile === undefined ? [] : ["-i", quoted(keyFile)])].join(" ");
}

/** Git asks this for a login; the token goes from its file into the answer, and nowhere else. */
const helper = (tokenFile: string): string =>
  `!f() { test "$1" = get || exit 0; echo username=x-access-token; printf password=; cat ${quoted(tokenFile)}; echo; }; f`;

/** Files by which Git guards its own; one that a killed run left would stop every later one. */
function* locksBelow(folder: string): Generator<string> {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const at = path.join(folder, entry.name);
    if (entry.isDirectory() && entry.name !== "objects") yield* locksBelow(at);
    else if (entry.name.endsWith(".lock")) yield at;
  }
}

/** A work tree with its history. Nobody else may use it at the same time. */
export class Repository {
  readonly #root: string;
  readonly #remote: RemoteSettings | undefined;
  readonly #branch: string;

  private constructor(root: string, remote: RemoteSettings | undefined) {
    this.#root = root;
    this.#remote = remote;
    this.#branch = remote?.branch ?? "main";
  }

  /** The repository in a folder; made there where there is none, or where making it was cut short. */
  static async at(root: string, remote: RemoteSettings | undefined): Promise<Repository> {
    const repository = new Repository(root, remote);
    const folder = path.join(root, ".git");
    if (existsSync(folder)) for (const lock of locksBelow(folder)) rmSync(lock);
    await repository.#git(["init", "--quiet", `--initial-branch=${repository.#branch}`]);
    await repository.#git(["symbolic-ref", "HEAD", `refs/heads/${repository.#branch}`]);
    writeFileSync(path.join(folder, "info", "attributes"), ATTRIBUTES);
    await repository.#mendIndex();
    return repository;
  }

  /** The index says nothing that the files do not; one that was cut short is made anew by the next commit. */
  async #mendIndex(): Promise<void> {
    const { code } = await this.#try(["ls-files", "--", ":(literal).git"]);
    if (code !== 0) rmSync(path.join(this.#root, ".git", "index"), { force: true });
  }

  /** Fetches the remote's branch. @throws where it does not answer */
  async fetch(): Promise<void> {
    if (this.#remote === undefined) return;
    const spec = `+refs/heads/${this.#branch}:${this.#tracking}`;
    // Where the branch is not there yet, asking for it fails like anything else.
    const listed = await this.#git(["ls-remote", "--heads", this.#remote.url, `refs/heads/${this.#branch}`]);
    if (listed.stdout.trim() !== "") await this.#git(["fetch", "--quiet", "--no-tags", this.#remote.url, spec]);
  }

  /**
   * Commits all files, unless they are what the branch holds already. Commits that the remote has and this history has not are
   * taken in: they stay in the history, and the files are the vault's.
   * @returns whether there is a new commit
   */
  async commit(message: string): Promise<boolean> {
    await this.#git(["add", "--all", "--force", "--", "."]);
    const tree = (await this.#git(["write-tree"])).stdout.trim();
    const parents = await this.#parents();
    const [only] = parents;
    if (parents.length === 1 && only !== undefined && (await this.#treeOf(only)) === tree) {
      await this.#git(["update-ref", `refs/heads/${this.#branch}`, only]);
      return false;
    }
    const named = parents.flatMap((parent) => ["-p", parent]);
    const commit = (await this.#git(["commit-tree", ...named, "-m", message, tree])).stdout.trim();
    await this.#git(["update-ref", `refs/heads/${this.#branch}`, commit]);
    return true;
  }

  /** What the next commit follows: the branch here, the remote's, or both where neither has the other. */
  async #parents(): Promise<string[]> {
    const [here, there] = [await this.#idOf(`refs/heads/${this.#branch}`), await this.#idOf(this.#tracking)];
    if (here === undefined || there === undefined) return [here ?? there].flatMap((id) => id ?? []);
    if (await this.#contains(here, there)) return [here];
    return (await this.#contains(there, here)) ? [there] : [here, there];
  }

  /** Whether the remote lacks commits of this history. */
  async isAhead(): Promise<boolean> {
    if (this.#remote === undefined) return false;
    const here = await this.#idOf(`refs/heads/${this.#branch}`);
    return here !== undefined && here !== (await this.#idOf(this.#tracking));
  }

  /** Adds the new commits to the remote's branch. @throws where it is not there, or has commits that were not fetched */
  async push(): Promise<void> {
    if (this.#remote === undefined) return;
    const ref = `refs/heads/${this.#branch}`;
    await this.#git(["push", "--quiet", this.#remote.url, `${ref}:${ref}`]);
    await this.#git(["update-ref", this.#tracking, ref]);
  }

  get #tracking(): string {
    return `refs/remotes/origin/${this.#branch}`;
  }

  async #treeOf(commit: string): Promise<string> {
    return (await this.#git(["rev-parse", `${commit}^{tree}`])).stdout.trim();
  }

  async #idOf(ref: string): Promise<string | undefined> {
    const { code, stdout } = await this.#try(["rev-parse", "--verify", "--quiet", `${ref}^{commit}`]);
    return code === 0 ? stdout.trim() : undefined;
  }

  async #contains(commit: string, ancestor: string): Promise<boolean> {
    return (await this.#try(["merge-base", "--is-ancestor", ancestor, commit])).code === 0;
  }

  async #git(args: readonly string[]): Promise<Answer> {
    const answer = await this.#try(args);
    if (answer.code === 0) return answer;
    throw new Error(`git ${args[0]}: ${answer.stderr.trim() || `expected success, found ${answer.code}`}`);
  }

  #try(args: readonly string[]): Promise<Answer> {
    const settings = Object.entries(SETTINGS).flatMap(([name, value]) => ["-c", `${name}=${value}`]);
    return new Promise((resolve) => {
      execFile(
        "git",
        [...settings, ...this.#credentials(), "-C", this.#root, ...args],
        { env: this.#environment(), timeout: LIMIT * 1000, maxBuffer: 64 * 1024 * 1024 },
        (error, stdout, stderr) => {
          const code = error === null ? 0 : typeof error.code === "number" ? error.code : 128;
          resolve({ code, stdout, stderr: stderr || (error?.message ?? "") });
        },
      );
    });
  }

  #credentials(): string[] {
    const token = this.#remote?.tokenFile;
    return ["-c", "credential.helper=", ...(token === undefined ? [] : ["-c", `credential.helper=${helper(token)}`])];
  }

  /** Nothing of the machine's or the user's own settings counts. */
  #environment(): NodeJS.ProcessEnv {
    return {
      PATH: process.env["PATH"],
      HOME: this.#root,
      LC_ALL: "C.UTF-8",
      GIT_CONFIG_GLOBAL: "/dev/null",
      GIT_CONFIG_NOSYSTEM: "1",
      GIT_TERMINAL_PROMPT: "0",
      GIT_SSH_COMMAND: this.#remote === undefined ? "false" : sshCommand(this.#remote),
    };
  }
}
