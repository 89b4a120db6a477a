import { spawn } from "node:child_process";
import { z } from "zod";
import { type Connection, sshCommand, Transport } from "@vpai/providers";
import { parseJson } from "../../model/foreign-json";
import type { OffsiteCopy } from "../backups/offsite";

/** A repository of copies elsewhere, and keys that read it. */
export interface Repository {
  /** As Restic takes it: `s3:https://…/bucket`. */
  repository: string;
  region: string;
  password: string;
  accessKey: string;
  secretKey: string;
}

/** What Restic tells of snapshots; null where there is none. */
const snapshotsSchema = z
  .array(
    z.looseObject({
      id: z.string(),
      time: z.string(),
      hostname: z.string(),
      tags: z.array(z.string()).nullish(),
      summary: z.looseObject({ total_bytes_processed: z.number().nullish() }).nullish(),
    }),
  )
  .nullable();

/** Folder of a host's set within a snapshot (programs/offsite/offsite.sh). */
const setIn = (host: string): string => `/srv/offsite/sets/${host}`;

/** Runs Restic in a container that has the three secrets, which are the first lines of its input, in its memory alone. Arguments: Restic's. */
const IN_CONTAINER = `set -eu; umask 077
IFS= read -r password; IFS= read -r access; IFS= read -r secret
printf '%s\\n' "$password" > /keys/password
printf '[default]\\naws_access_key_id = %s\\naws_secret_access_key = %s\\n' "$access" "$secret" > /keys/aws
export RESTIC_PASSWORD_FILE=/keys/password AWS_SHARED_CREDENTIALS_FILE=/keys/aws HOME=/tmp TMPDIR=/tmp
exec restic --no-cache --no-lock "$@" < /dev/null`;

/** Runs what comes first, up to `--`, and gives its output to what comes then. */
const PIPE = `set -euo pipefail
first=(); while [ "$1" != -- ]; do first+=("$1"); shift; done; shift
"\${first[@]}" | "$@"`;

/** Exit code of Restic where there is no repository, and where its password is another one. */
const FAULTS: Readonly<Record<number, string>> = { 10: "no repository there", 12: "that its password is another one" };

/** Restic on a host that is to get its data back, straight from the repository: whoever else could bring them may be lost, too. */
export class ResticOn {
  private readonly host: Transport;

  /** @param image reference of Restic's image, which the host pulls where it lacks it */
  constructor(
    private readonly connection: Connection,
    private readonly image: string,
    private readonly at: Repository,
  ) {
    this.host = new Transport(connection);
  }

  /** The copies of a host's sets. @throws where they cannot be read, with why */
  async copies(host: string): Promise<OffsiteCopy[]> {
    await this.pull();
    const argv = this.argv("snapshots", "--json", "--host", host);
    const { code, stdout, stderr } = await this.host.run(argv, { stdin: this.secrets, reads: true });
    if (code !== 0)
      throw new Error(
        `${this.host.name}: expected the repository ${this.at.repository}, found ` +
          `${FAULTS[code] ?? `exit code ${code}`}: ${stderr.trim().split("\n").slice(-3).join(" ")}`,
      );
    return copiesIn(stdout);
  }

  /**
   * Hands a copy's files, as tar has them, to a command of the host. What is said on the way goes to this terminal.
   * @returns whether both ended well
   */
  give({ id, host }: OffsiteCopy, taker: readonly string[]): Promise<boolean> {
    const restic = this.argv("dump", "--archive", "tar", `${id}:${setIn(host)}`, "/");
    const argv = ["bash", "-c", PIPE, "vpai", ...restic, "--", ...taker];
    const [program = "", ...args] = sshCommand(this.connection, argv, false);
    const child = spawn(program, args, { stdio: ["pipe", "inherit", "inherit"] });
    // One that ends early is told by its exit code.
    child.stdin?.on("error", () => undefined);
    child.stdin?.end(this.secrets);
    return new Promise((resolve, reject) => child.on("error", reject).on("close", (code) => resolve(code === 0)));
  }

  close(): void {
    this.host.close();
  }

  private async pull(): Promise<void> {
    const { code } = await this.host.run(["docker", "image", "inspect", "--format", "x", "--", this.image]);
    if (code !== 0) await this.host.output(["docker", "pull", "--quiet", "--", this.image]);
  }

  private get secrets(): string {
    const { password, accessKey, secretKey } = this.at;
    return `${password}\n${accessKey}\n${secretKey}\n`;
  }

  /** In the host's own network, whose way out no service's network has to have. */
  private argv(...command: readonly string[]): string[] {
    return [
      ...["docker", "run", "--rm", "--interactive", "--log-driver", "none", "--network", "host", "--read-only"],
      ...["--tmpfs", "/keys:mode=0700", "--tmpfs", "/tmp", "--cap-drop", "ALL"],
      ...["--security-opt", "no-new-privileges"],
      ...["--env", `RESTIC_REPOSITORY=${this.at.repository}`, "--env", `AWS_DEFAULT_REGION=${this.at.region}`],
      ...["--entrypoint", "sh", this.image, "-c", IN_CONTAINER, "vpai", ...command],
    ];
  }
}

/** @param text as `restic snapshots --json` prints it */
export const copiesIn = (text: string): OffsiteCopy[] =>
  (parseJson(snapshotsSchema, text, "Restic's list of snapshots") ?? []).flatMap(
    ({ id, time, hostname, tags, summary }) => {
      const set = tags?.find((tag) => tag.startsWith("set="))?.slice("set=".length);
      return set === undefined ? [] : [{ id, time, host: hostname, set, bytes: summary?.total_bytes_processed ?? 0 }];
    },
  );
