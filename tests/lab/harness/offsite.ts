import { execFileSync, spawn } from "node:child_process";
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { bucketPolicy } from "../../../components/buckets";
import { backupScripts } from "../../../programs/backup";
import { offsiteScripts } from "../../../programs/offsite";
import { lineOf } from "../../../providers/resources/authorized-key";
import type { S3BucketInputs } from "../../../providers/resources/s3-bucket";
import { CutWay } from "./cut";
import { docker, image, minute, run, start, useImages } from "./containers";
import { type Call, JobFigures, jobOverdue } from "./job-figures";
import { S3Server } from "./s3";

/** Keys that the jobs have, with their halves that nobody else knows. */
export const KEYS = { push: "push-secret", prune: "prune-secret" };
export const BUCKET = "vpai-backups";
/** The host whose sets are copied. */
export const HOST = "seed";

/** How a job ended, and what it said. */
export interface Outcome {
  code: number | null;
  said: string;
}

/** What differs from an ordinary run of a job. */
interface Given {
  as?: keyof typeof KEYS;
  /** Arguments of `docker run`. */
  options?: string[];
  /** Seconds that the job may take, as its runner has it. */
  limit?: number;
}

interface Snapshot {
  time: string;
  tags: string[];
}

/** What a push says that was a success. */
const ALL_THERE = "every set that could be reached is in the repository";

const METHOD = `. "$HERE/tools.sh"
dump() { head -c 400000 /dev/urandom > "$OUT/random"; echo text > "$OUT/text"; rows things 3; }
verify() { :; }
"$@"
`;

/** Goes before a machine's own `date`: its clock is so many seconds off as the file says that lies beside, if there is one. */
const CLOCK = `#!/bin/sh
case " $* " in *" -d "* | *" --date "*) exec REAL "$@" ;; esac
[ -e FOLDER/offset ] || exec REAL "$@"
exec REAL -d "@$(($(REAL +%s) + $(cat FOLDER/offset)))" "$@"
`;

/** sshd of a host, with no engine: the set's one method asks none. */
const SSHD = `
install -m 0600 -o root /files/authorized_keys /root/.ssh/authorized_keys
install -m 0600 -o root /files/host_key /etc/ssh/ssh_host_ed25519_key
install -m 0755 /files/clock/host/date /usr/local/bin/date
printf '#!/bin/sh\\n' > /usr/local/bin/docker; chmod +x /usr/local/bin/docker
mkdir -p /run/sshd; exec /usr/sbin/sshd -D -e`;

/**
 * Copies of a host's sets in a repository of the real Restic, in a bucket of a real S3 server that has the platform's policy, brought
 * there by the jobs' own program over a real SSH server.
 */
export class Offsite {
  private readonly files = mkdtempSync(path.join(tmpdir(), "offsite-"));
  /** Names of the sets that were once made, whether the host still has them or not. */
  readonly all: string[] = [];
  /** What the jobs' runs have left for the hub's collector. */
  readonly figures = new JobFigures("seko-vpn", this.at("metrics"));
  server!: S3Server;
  /** By which the jobs, and nobody else, reach the server. */
  way!: CutWay;
  bucket!: S3BucketInputs;

  /** Starts all of it before the file's tests. @param room bytes that the S3 server has. Default: as many as this machine */
  static use(room?: number): Offsite {
    useImages("restic", "lab-host", "vmalert-tool");
    const offsite = new Offsite();
    beforeAll(() => offsite.start(room), 30 * minute);
    afterAll(() => offsite.stop());
    return offsite;
  }

  /** A file that the tests' containers have. */
  at(...names: string[]): string {
    return path.join(this.files, ...names);
  }

  /** A command of the host's root. */
  onHost(...command: string[]): string {
    return docker("exec", `${run}-host`, ...command);
  }

  /** Has the host make a set. */
  makeSet(): void {
    const program = ["bash", `/opt/vpai/configs/backup-${HOST}/backup.sh`, "/opt/vpai", "vpai_", "-", "run"];
    docker("exec", "--env", "BACKUP_MARGIN=1000000", `${run}-host`, ...program);
    this.all.push(this.made().at(-1) ?? "");
  }

  /** Sets of the host, as their numbers order them. */
  made(): string[] {
    return this.onHost("sh", "-c", "ls /opt/vpai/backups")
      .split("\n")
      .filter((name) => /^\d/.test(name));
  }

  /** Sets that are in the repository, as their tags have them. */
  copies(): Snapshot[] {
    return (JSON.parse(this.restic("snapshots", "--json", "--no-lock")) ?? []) as Snapshot[];
  }

  sets(): string[] {
    return this.copies()
      .map(({ tags }) => tags[0]?.replace("set=", "") ?? "")
      .sort();
  }

  push(given: Given = {}): Promise<Outcome> {
    return this.job("push", given);
  }

  upkeep(given: Given = {}): Promise<Outcome> {
    return this.job("upkeep", { as: "prune", ...given });
  }

  /** Sets a machine's clock, which goes on from there. */
  setClock(machine: "host" | "hub", moment: string): void {
    const offset = Math.ceil((Date.parse(moment) - Date.now()) / 1000);
    writeFileSync(this.at("clock", machine, "offset"), String(offset));
  }

  /** What Restic itself says, with the owner's keys and by another way. */
  restic(...command: string[]): string {
    return docker(
      ...["run", "--rm", "--network", run, "--volume", `${this.at("push")}:/run/secrets:ro`],
      ...[
        "--env",
        `RESTIC_REPOSITORY=s3:http://${this.server.address}/${BUCKET}`,
        "--env",
        "AWS_DEFAULT_REGION=us-east-1",
      ],
      ...["--env", "RESTIC_PASSWORD_FILE=/run/secrets/password", "--env", `AWS_ACCESS_KEY_ID=${S3Server.accessKey}`],
      ...["--env", `AWS_SECRET_ACCESS_KEY=${S3Server.secretKey}`, image("restic"), ...command],
    );
  }

  /** A fault that lasts for one run: that tells no success and loses nothing, and the next one catches up. @param now of the hub's clock, where it is another one */
  async survives(
    name: string,
    fault: () => Promise<Outcome>,
    why: RegExp,
    mend: () => void = () => undefined,
    now?: number,
  ): Promise<void> {
    const before = this.sets();
    const success = existsSync(this.at("metrics/offsite.prom")) ? this.lastSuccess : 0;
    this.makeSet();
    const { code, said } = await fault();
    expect([code === 0 ? "success" : "failure", said]).toEqual(["failure", expect.stringMatching(why)]);
    expect(said).not.toContain(ALL_THERE);
    expect(this.lastSuccess).toBe(success);
    this.figures.keep(name, now);
    mend();
    expect(this.sets()).toEqual(expect.arrayContaining(before));
    const next = await this.push();
    expect([next.code, next.said]).toEqual([0, expect.stringContaining(ALL_THERE)]);
    expect([...new Set(this.sets())]).toEqual([...this.all].sort());
    expect(this.figure("backup_exit_code")).toBe(0);
  }

  private get lastSuccess(): number {
    return this.figure("backup_last_success_timestamp_seconds");
  }

  /** A figure of the copies. */
  figure(name: string): number {
    return Number(
      new RegExp(`^${name}\\{backup="${HOST}-offsite"\\} (\\d+)$`, "m").exec(
        readFileSync(this.at("metrics/offsite.prom"), "utf8"),
      )?.[1],
    );
  }

  /** As the jobs' runner and the client run it; asynchronously, as the way to the server is in this process. */
  private async job(verb: string, given: Given): Promise<Outcome> {
    const outcome = await new Promise<Outcome>((resolve) => {
      const child = spawn("timeout", this.argv(verb, given), { stdio: ["ignore", "pipe", "pipe"] });
      let said = "";
      for (const stream of [child.stdout, child.stderr]) stream.on("data", (text: Buffer) => (said += text.toString()));
      child.on("close", (code) => resolve({ code, said }));
    });
    await this.figures.report(verb === "push" ? "offsite" : "offsite-upkeep", "host", outcome.code ?? 255);
    return outcome;
  }

  private argv(verb: string, { as = "push", options = [], limit = 170 }: Given): string[] {
    return [
      ...["--kill-after=10", String(limit), "docker", "run", "--rm", "--name", `${run}-job`, "--hostname", "offsite"],
      ...["--network", run, "--cap-drop", "ALL"],
      ...["--volume", `${this.at("config")}:/etc/offsite:ro`, "--volume", `${this.at(as)}:/run/secrets:ro`],
      ...["--volume", `${this.at("store")}:/srv/offsite`, "--volume", `${this.at("metrics")}:/srv/metrics`],
      ...["--volume", `${this.at("clock/hub")}:/clock:ro`, "--env", `PATH=/clock:/usr/local/bin:/usr/bin:/bin`],
      ...[
        "--env",
        `RESTIC_REPOSITORY=s3:http://${this.way.address}/${BUCKET}`,
        "--env",
        "AWS_DEFAULT_REGION=us-east-1",
      ],
      ...["--env", "OFFSITE_MARGIN=1000000", ...options, "--entrypoint", "sh", image("restic")],
      ...["/etc/offsite/offsite.sh", verb],
    ];
  }

  private async start(room: number | undefined): Promise<void> {
    this.layOut();
    // 26 hours, and eight days: a night or a week, and some patience.
    await this.figures.declare("offsite", "host", 93_600);
    await this.figures.declare("offsite-upkeep", "host", 691_200);
    const folders = ["--volume", `${this.at("host")}:/opt/vpai`, "--volume", `${this.files}:/files:ro`];
    start("host", image("lab-host"), [...folders, "--entrypoint", "sh"], "-euc", SSHD);
    const gateway = docker("network", "inspect", "--format", "{{(index .IPAM.Config 0).Gateway}}", run);
    const disk = room === undefined ? undefined : { room, image: image("lab-host"), container: `${run}-s3` };
    this.server = await S3Server.start(gateway, [], KEYS, disk);
    this.way = await CutWay.to(this.server.address, gateway);
    const grants = [
      { principal: "push", may: "append" as const },
      { principal: "prune", may: "prune" as const },
    ];
    this.bucket = {
      ...{ endpoint: `http://${this.server.address}`, region: "us-east-1", bucket: BUCKET },
      ...{ accessKey: S3Server.accessKey, secretKey: S3Server.secretKey },
      ...{ keptDays: 30, lockedDays: 30, versioned: true, policy: bucketPolicy(BUCKET, grants) },
    };
  }

  private stop(): void {
    this.way.close();
    this.server.stop();
    this.figures.remove();
    rmSync(this.files, { recursive: true, force: true });
  }

  private layOut(): void {
    const folders = ["config/ssh", "push", "prune", "store", "metrics", "clock/host", "clock/hub"];
    for (const folder of [...folders, `host/configs/backup-${HOST}`]) mkdirSync(this.at(folder), { recursive: true });
    for (const [file, content] of Object.entries(offsiteScripts())) writeFileSync(this.at("config", file), content);
    for (const [file, content] of Object.entries(backupScripts()))
      writeFileSync(this.at(`host/configs/backup-${HOST}`, file), content);
    writeFileSync(this.at(`host/configs/backup-${HOST}/plan`), `host\t${HOST}\npart\tnotes\tnotes\tnote\t-\n`);
    writeFileSync(this.at(`host/configs/backup-${HOST}/note.sh`), METHOD);
    this.layOutClock("host", "/usr/bin/date", "/files/clock/host");
    this.layOutClock("hub", "/usr/local/bin/date", "/clock");
    this.layOutKeys();
    this.layOutLogin();
  }

  private layOutClock(machine: string, real: string, folder: string): void {
    const file = this.at("clock", machine, "date");
    writeFileSync(file, CLOCK.replaceAll("REAL", real).replaceAll("FOLDER", folder));
    chmodSync(file, 0o755);
  }

  private layOutKeys(): void {
    for (const name of ["ssh_key", "host_key"])
      execFileSync("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-C", name, "-f", this.at(name)]);
    for (const [key, secret] of Object.entries(KEYS)) {
      writeFileSync(this.at(key, "access_key"), key);
      writeFileSync(this.at(key, "secret_key"), secret);
      writeFileSync(this.at(key, "password"), "canary-password\n");
      copyFileSync(this.at("ssh_key"), this.at(key, "ssh_key"));
      chmodSync(this.at(key, "ssh_key"), 0o400);
    }
  }

  private layOutLogin(): void {
    writeFileSync(this.at("config/hosts"), `${HOST} no 93600\naway yes 604800\n`);
    const common =
      "Host *\n  BatchMode yes\n  UserKnownHostsFile /etc/offsite/ssh/known_hosts\n  IdentityFile /run/secrets/ssh_key\n  User root\n  ConnectTimeout 5\n";
    const hosts = `Host ${HOST}\n  HostName ${run}-host\n  HostKeyAlias ${HOST}\nHost away\n  HostName 192.0.2.1\n`;
    writeFileSync(this.at("config/ssh/config"), common + hosts);
    writeFileSync(this.at("config/ssh/known_hosts"), `${HOST} ${readFileSync(this.at("host_key.pub"), "utf8")}`);
    const command = ["/bin/bash", `/opt/vpai/configs/backup-${HOST}/backup.sh`, "/opt/vpai", "vpai_", "-", "serve"];
    const publicKey = readFileSync(this.at("ssh_key.pub"), "utf8").split(" ").slice(0, 2).join(" ");
    const line = lineOf({ user: "root", publicKey, command, comment: "offsite@hub" });
    writeFileSync(this.at("authorized_keys"), `${line}\n`);
  }
}

/** What the copies' own figures call for where the host's turn failed. */
export const copiesFailed = (code: number): Call => ({
  name: "BackupFailed",
  labels: { backup: `${HOST}-offsite` },
  service: "backup",
  summary: `the last backup of seed-offsite on seko-vpn failed with exit code ${code}`,
  value: `exit code ${code}`,
});

/** What is told a day and three hours later, where nothing has come since. */
export const OVERDUE: readonly Call[] = [
  {
    name: "BackupOverdue",
    labels: { backup: `${HOST}-offsite` },
    service: "backup",
    summary: "seed-offsite of seko-vpn was backed up 1d 3h 0m 0s ago",
    value: "1d 3h 0m 0s",
  },
  jobOverdue("offsite"),
];
