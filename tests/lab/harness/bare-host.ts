import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { availableCapabilities } from "../../../components/machines/lab/capabilities";
import type { Connection } from "../../../providers/ssh/connection";
import { eventually } from "../../eventually";
import { docker, image, inside, run as prefix, start, useImages } from "./containers";
import { LabHost } from "./host";

/** As a lab's machines are run (components/machines/lab/machine.ts): systemd, sshd and an engine of its own. */
const OPTIONS = [
  ...availableCapabilities().flatMap((name) => ["--cap-add", name]),
  ...["seccomp=unconfined", "apparmor=unconfined", "systempaths=unconfined"].flatMap((one) => ["--security-opt", one]),
  ...["--cgroupns", "host", "--device-cgroup-rule", "a *:* rwm", "--volume", "/sys/fs/cgroup:/sys/fs/cgroup"],
  ...["--tmpfs", "/run", "--tmpfs", "/run/lock", "--tmpfs", "/tmp:exec", "--device", "/dev/net/tun"],
  ...["--volume", "/var/lib/docker", "--volume", "/opt", "--env", "SYSTEMD_CGROUP_ENABLE_LEGACY_FORCE=1"],
  ...["--restart", "unless-stopped", "--stop-timeout", "60"],
];

/** A host of the lab that nothing was deployed to, for the tests of one file. */
export class BareHost extends LabHost {
  private constructor(
    name: string,
    connection: Connection,
    private readonly keys: string,
  ) {
    super(name, connection, connection.host);
  }

  /**
   * Starts one before the file's tests, and takes it away after them.
   * @param from image of a lab host
   * @param others images that the file's tests need beside it
   * @returns how to get at it
   */
  static use(name: string, from = "lab-host", ...others: string[]): () => BareHost {
    useImages("lab-host", from, ...others);
    let host: BareHost | undefined;
    beforeAll(async () => {
      host = await BareHost.start(name, from);
    }, 300_000);
    afterAll(() => host?.forget());
    return () => {
      if (host === undefined) throw new Error(`${name} was not started`);
      return host;
    };
  }

  private static async start(name: string, from: string): Promise<BareHost> {
    const keys = mkdtempSync(path.join(os.tmpdir(), "bare-host-"));
    for (const key of ["login", "host"]) keyPair(path.join(keys, key));
    start(name, image(from), [...OPTIONS, "--hostname", name]);
    const container = `${prefix}-${name}`;
    const put = (file: string, target: string): void =>
      void execFileSync("docker", ["exec", "--interactive", container, "sh", "-c", `umask 077; cat > ${target}`], {
        input: readFileSync(path.join(keys, file)),
      });
    put("host", "/etc/ssh/ssh_host_ed25519_key");
    put("login.pub", "/root/.ssh/authorized_keys");
    await eventually(() => inside(name, "systemctl", "restart", "ssh"), 120);
    const address = docker(
      "inspect",
      "--format",
      "{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}",
      container,
    );
    const host = new BareHost(name, connectionTo(address, keys), keys);
    await eventually(() => expect(inside(name, "docker", "version")).toMatch(/Server/), 120);
    return host;
  }

  /** Runs a shell script in the machine, whatever its sshd does. @returns its standard output */
  sh(script: string): string {
    return inside(this.name, "sh", "-euc", script);
  }

  /** The public key that it is logged in to with. */
  get publicKey(): string {
    return plain(readFileSync(path.join(this.keys, "login.pub"), "utf8"));
  }

  /** A public key that nobody logs in with. */
  static key(): string {
    const folder = mkdtempSync(path.join(os.tmpdir(), "bare-host-key-"));
    keyPair(path.join(folder, "key"));
    const key = plain(readFileSync(path.join(folder, "key.pub"), "utf8"));
    rmSync(folder, { recursive: true });
    return key;
  }

  /** Gives it what a container has from outside, and a computer has not: a name, addresses by name, and timers of apt. */
  ownSystem(): void {
    this.sh(`umount /etc/hostname /etc/hosts; echo old > /etc/hostname; echo '127.0.0.1 localhost' > /etc/hosts
      systemctl unmask apt-daily.timer apt-daily-upgrade.timer; systemctl daemon-reload`);
  }

  /** An image with a shell, made of what the machine itself has: nothing is pulled. @returns its name */
  shellImage(name = "shell:1"): string {
    this.sh(
      `tar --dereference -C / -c bin/sh bin/sleep bin/cat lib64/ld-linux-x86-64.so.2 lib/x86_64-linux-gnu/libc.so.6 | docker import - ${name}`,
    );
    return name;
  }

  private forget(): void {
    rmSync(this.keys, { recursive: true, force: true });
  }
}

const keyPair = (file: string): void =>
  void execFileSync("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-C", "", "-f", file]);

/** Type and text of a key. */
const plain = (key: string): string => key.trim().split(" ").slice(0, 2).join(" ");

const connectionTo = (host: string, keys: string): Connection => ({
  ...{ host, port: 22, user: "root" },
  hostKey: plain(readFileSync(path.join(keys, "host.pub"), "utf8")),
  identityFile: path.join(keys, "login"),
});
