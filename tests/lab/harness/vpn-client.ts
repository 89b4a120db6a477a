import { type ChildProcess, spawn } from "node:child_process";
import { ensureImage } from "../../../lab/images/build";
import { eventually } from "../../eventually";
import { bareHost } from "./containers";
import { localDocker } from "./docker";
import type { LabHost } from "./host";
import type { Lab } from "./lab";
import { type Result, run, succeed } from "./run";
import { authorityOf } from "./site";

/** What `tailscale status --json` tells, as far as the tests look at it. */
export interface NodeStatus {
  BackendState: string;
  TailscaleIPs: string[] | null;
  Self: { HostName: string; Online: boolean };
}

/** Where clients run, and the Headscale that they come to. */
export interface VpnPlace {
  /** Begins the names of their containers. */
  prefix: string;
  network: string;
  /** `<key>=<value>` */
  labels: readonly string[];
  /** Name of Headscale's site. */
  site: string;
  /** Address of the gateway that has it. */
  gateway: string;
  /** Root certificate that signs the site's. */
  authority: string;
}

/** The public side of a lab, whose hub has Headscale. */
export async function publicSideOf({ identity }: Lab, hub: LabHost): Promise<VpnPlace> {
  return {
    prefix: `${identity.prefix}-node`,
    network: identity.prefix,
    labels: [`dev.vpai.lab=${identity.id}`],
    site: "singa.vpai.test",
    gateway: hub.publicAddress,
    authority: await authorityOf(hub, "vpn_gateway"),
  };
}

/** Where a client looks for certificates that it trusts. */
const AUTHORITY = "/authority.crt";

/** How a computer finds names: by `/etc/resolv.conf`, which Tailscale writes, or by systemd-resolved, which it tells. */
export type Resolver = "resolv.conf" | "systemd-resolved";

const IMAGES = { "resolv.conf": "tailscale", "systemd-resolved": "tailscale-resolved" } as const;

const SERVE: Readonly<Record<Resolver, { options: string[]; command: string[] }>> = {
  "resolv.conf": {
    options: ["--cap-add", "NET_ADMIN", "--device", "/dev/net/tun", "--entrypoint", "tailscaled"],
    command: ["--state=mem:", "--no-logs-no-support"],
  },
  "systemd-resolved": {
    options: [...bareHost(), "--device", "/dev/net/tun"],
    command: [],
  },
};

/** As on a desktop: programs ask systemd-resolved, and that the servers of the network that the computer is in. Tailscale starts after it. */
const ASK_RESOLVED = `mkdir -p /etc/systemd/resolved.conf.d
sed -n 's/^nameserver /DNS=/p' /etc/resolv.conf | sed '1i [Resolve]' > /etc/systemd/resolved.conf.d/network.conf
systemctl restart systemd-resolved
cat /run/systemd/resolve/stub-resolv.conf > /etc/resolv.conf
systemctl start tailscaled`;

/** Five requests a second on one connection; prints the first line of each answer. */
const ASK_ON = `exec 3<>"/dev/tcp/$1/80"
grep --line-buffered '^HTTP' <&3 &
while printf 'GET / HTTP/1.1\\r\\nHost: mayi.vpai.test\\r\\n\\r\\n' >&3; do sleep 0.2; done`;

/** A connection that is open and in use. */
export class HeldConnection {
  /** How many answers have come by it. */
  answers = 0;
  /** When the last one came, as `Date.now()` tells. */
  last = 0;

  constructor(private readonly child: ChildProcess) {
    child.stdout?.on("data", (part: Buffer) => {
      this.answers += part.toString("utf8").split("\n").length - 1;
      this.last = Date.now();
    });
  }

  /** Waits until no answer has come for some seconds. @returns when the last one came @throws when they go on for longer */
  async ends(seconds: number): Promise<number> {
    await eventually(() => {
      if (Date.now() - this.last < SILENCE) throw new Error(`${this.answers} answers, the last one just now`);
    }, seconds);
    this.child.kill();
    return this.last;
  }
}

/** Milliseconds without an answer after which a connection is taken for dead. */
const SILENCE = 5_000;

/** A computer of its own, with a real Tailscale client, its interface and its resolver. */
export class VpnClient {
  private constructor(
    private readonly container: string,
    private readonly site: string,
  ) {}

  /** @param name of the computer */
  static async start(place: VpnPlace, name: string, resolver: Resolver = "resolv.conf"): Promise<VpnClient> {
    const { prefix, network, labels, site, gateway, authority } = place;
    const container = `${prefix}-${name}`;
    const { options, command } = SERVE[resolver];
    const given = [
      ...["--name", container, "--hostname", name, "--network", network, "--add-host", `${site}:${gateway}`],
      ...labels.flatMap((label) => ["--label", label]),
      ...["--env", `SSL_CERT_FILE=${AUTHORITY}`],
    ];
    await localDocker("run", "--detach", ...given, ...options, await ensureImage(IMAGES[resolver]), ...command);
    const client = new VpnClient(container, site);
    await client.put(AUTHORITY, authority);
    if (resolver === "systemd-resolved")
      await eventually(() => localDocker("exec", container, "sh", "-ec", ASK_RESOLVED), 60);
    await eventually(() => client.status());
    return client;
  }

  /** Registers with a key. @returns what the client says of it, whatever the exit code */
  async join(key: string): Promise<Result> {
    await this.put("/key", key);
    const flags = [`--login-server=https://${this.site}`, "--auth-key=file:/key", "--timeout=30s"];
    return run(["docker", "exec", this.container, "tailscale", "up", ...flags], { timeout: 90 });
  }

  async status(): Promise<NodeStatus> {
    return JSON.parse(await this.tailscale("status", "--json")) as NodeStatus;
  }

  /** Whom its programs ask for names. */
  nameserver(): Promise<string> {
    return localDocker("exec", this.container, "sed", "-n", "s/^nameserver //p", "/etc/resolv.conf");
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

  /** Opens a connection to a gateway's port 80, and asks by it again and again. @returns how that goes */
  async hold(address: string): Promise<HeldConnection> {
    const child = spawn("docker", ["exec", this.container, "bash", "-c", ASK_ON, "hold", address]);
    const held = new HeldConnection(child);
    await eventually(() => expect(held.answers).toBeGreaterThan(2), 20);
    return held;
  }

  /** Runs a command of the client. @throws unless it exits with 0 */
  tailscale(...args: string[]): Promise<string> {
    return localDocker("exec", this.container, "tailscale", ...args);
  }

  async remove(): Promise<void> {
    await localDocker("rm", "--force", "--volumes", this.container);
  }

  /** Writes a file that its owner alone reads. */
  private async put(file: string, content: string): Promise<void> {
    await succeed(
      ["docker", "exec", "--interactive", this.container, "sh", "-c", 'umask 077; cat > "$1"', "put", file],
      {
        stdin: content,
      },
    );
  }
}
