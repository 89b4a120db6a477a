import { writeFileSync } from "node:fs";
import path from "node:path";
import { ensureImage } from "../../../lab/images/build";
import { eventually } from "../../eventually";
import { localDocker } from "./docker";
import type { Lab } from "./lab";
import { type Result, run, succeed } from "./run";

/** What `tailscale status --json` tells, as far as the tests look at it. */
export interface NodeStatus {
  BackendState: string;
  TailscaleIPs: string[] | null;
  Self: { HostName: string; Online: boolean };
}

/** A computer of its own on a lab's public side, with a real Tailscale client, its interface and its resolver. */
export class VpnClient {
  private constructor(private readonly container: string) {}

  /**
   * @param name of the computer
   * @param hub address of the host that has Headscale
   * @param authority root certificate that signs the lab's sites there
   */
  static async start(lab: Lab, name: string, hub: string, authority: string): Promise<VpnClient> {
    const { prefix, id } = lab.identity;
    const container = `${prefix}-node-${name}`;
    const trusted = path.join(lab.directory, ".vpai", "hub-authority.crt");
    writeFileSync(trusted, authority);
    const options = [
      ...["--name", container, "--hostname", name, "--network", prefix, "--label", `dev.vpai.lab=${id}`],
      ...["--add-host", `singa.vpai.test:${hub}`, "--cap-add", "NET_ADMIN", "--device", "/dev/net/tun"],
      ...["--volume", `${trusted}:/authority.crt:ro`, "--env", "SSL_CERT_FILE=/authority.crt"],
    ];
    const serve = ["--state=mem:", "--no-logs-no-support"];
    await localDocker(
      "run",
      "--detach",
      ...options,
      "--entrypoint",
      "tailscaled",
      await ensureImage("tailscale"),
      ...serve,
    );
    const client = new VpnClient(container);
    await eventually(() => client.status());
    return client;
  }

  /** Registers with a key. @returns what the client says of it, whatever the exit code */
  async join(key: string): Promise<Result> {
    await succeed(["docker", "exec", "--interactive", this.container, "sh", "-c", "umask 077; cat > /key"], {
      stdin: key,
    });
    const flags = ["--login-server=https://singa.vpai.test", "--auth-key=file:/key", "--timeout=30s"];
    return run(["docker", "exec", this.container, "tailscale", "up", ...flags], { timeout: 90 });
  }

  async status(): Promise<NodeStatus> {
    return JSON.parse(await this.tailscale("status", "--json")) as NodeStatus;
  }

  /** IPv4 address that its own resolver gives for a name; empty when it gives none. */
  async resolve(name: string): Promise<string> {
    const { stdout } = await run(["docker", "exec", this.container, "getent", "ahostsv4", name], { timeout: 30 });
    return stdout.split(/\s/)[0] ?? "";
  }

  /** Whether a TCP connection can be made. @param seconds that it may take */
  async reaches(address: string, port: number, seconds = 5): Promise<boolean> {
    const script = 'exec 3<>"/dev/tcp/$1/$2"';
    const argv = ["timeout", String(seconds), "bash", "-c", script, "reach", address, String(port)];
    return (await run(["docker", "exec", this.container, ...argv], { timeout: seconds + 30 })).code === 0;
  }

  /** A GET over HTTPS by name, as its own resolver has it; the certificate is not looked at. @returns what came, or why nothing did */
  async get(url: string): Promise<Result> {
    const argv = ["wget", "-q", "-O", "-", "-T", "10", "-t", "1", "--no-check-certificate", url];
    return run(["docker", "exec", this.container, ...argv], { timeout: 40 });
  }

  /** Runs a command of the client. @throws unless it exits with 0 */
  tailscale(...args: string[]): Promise<string> {
    return localDocker("exec", this.container, "tailscale", ...args);
  }

  async remove(): Promise<void> {
    await localDocker("rm", "--force", "--volumes", this.container);
  }
}
