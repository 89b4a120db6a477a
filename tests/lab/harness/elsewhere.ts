import type { Lab } from "./lab";
import { S3Server } from "./s3";

/** Secret halves of the hub's keys. */
export const KEYS = { push: "push-canary-secret", prune: "prune-canary-secret" };

export const BUCKET = "vpai-backups";

const SECRETS: Readonly<Record<string, string>> = {
  bucketsAccessKey: S3Server.accessKey,
  bucketsSecretKey: S3Server.secretKey,
  backupsAccessKey: "push",
  backupsSecretKey: KEYS.push,
  backupsPruneAccessKey: "prune",
  backupsPruneSecretKey: KEYS.prune,
};

/** A lab that brings copies of its backups to a real S3 server. */
export class Elsewhere {
  private constructor(
    private readonly lab: Lab,
    readonly server: S3Server,
    private readonly settings: Readonly<Record<string, string>>,
  ) {}

  /** Starts the server, and writes into the stack's file where it is: the next `up` makes the bucket. */
  static async of(lab: Lab): Promise<Elsewhere> {
    const server = await S3Server.start(lab.identity.address(1), [], KEYS);
    const elsewhere = new Elsewhere(lab, server, {
      backupsBucket: BUCKET,
      bucketsEndpoint: `http://${server.address}`,
      bucketsRegion: "us-east-1",
      bucketsPrincipal: "{key}",
    });
    for (const [name, value] of Object.entries(elsewhere.settings))
      await lab.pulumiSucceed(["config", "set", `vpai:${name}`, value]);
    for (const [name, value] of Object.entries(SECRETS))
      await lab.pulumiSucceed(["config", "set", "--secret", `secrets:${name}`], { stdin: value });
    return elsewhere;
  }

  /** Takes it out of the stack's file, brings the stack up without it, and ends the server. */
  async remove(): Promise<void> {
    for (const name of Object.keys(this.settings)) await this.lab.pulumi(["config", "rm", `vpai:${name}`]);
    for (const name of Object.keys(SECRETS)) await this.lab.pulumi(["config", "rm", `secrets:${name}`]);
    await this.lab.make("up");
    this.server.stop();
  }
}
