import { implement } from "../../../providers/implementation";
import { sshdConfigKind } from "../../../providers/resources/sshd-config";
import { type SysctlInputs } from "../../../providers/resources/sysctl";
import { Transport } from "../../../providers/ssh/transport";
import { localDocker } from "./docker";
import type { LabHost } from "./host";
import type { Lab } from "./lab";

/** Where a host keeps what a change under a guard may have to bring back. */
export const GUARDS = "/var/lib/vpai/guard";

/** Our file of sshd. */
export const OURS = "/etc/ssh/sshd_config.d/00-vpai.conf";

export type SshdInputs = Parameters<typeof sshdConfigKind.ensure>[0];

export const sshd = implement(sshdConfigKind);

/** A host of a lab, and what its stack holds sshd and the kernel to. */
export class HardenedHost {
  private constructor(
    readonly host: LabHost,
    private readonly container: string,
    readonly inputs: SshdInputs,
    readonly kernel: SysctlInputs,
  ) {}

  static async of(lab: Lab, name: string): Promise<HardenedHost> {
    const host = await lab.host(name);
    const { stdout } = await lab.pulumiSucceed(["stack", "export"]);
    const { connection } = host;
    const { users, options, port } = outputsOf<SshdInputs>(stdout, `vpai/host:SshdConfig::${name}/sshd`);
    const { values } = outputsOf<SysctlInputs>(stdout, `vpai/host:Sysctl::${name}/sysctl`);
    const inputs = { connection, users, options, port };
    return new HardenedHost(host, `${lab.identity.prefix}-${name}`, inputs, { connection, values, persisted: true });
  }

  /** What its sshd is to be, but for a change. */
  changed(change: Partial<SshdInputs>): SshdInputs {
    return { ...this.inputs, ...change };
  }

  onHost(script: string): Promise<string> {
    return this.host.output(["sh", "-c", script]);
  }

  /** Runs in the machine itself, whatever sshd does. */
  inMachine(script: string): Promise<string> {
    return localDocker("exec", this.container, "sh", "-ec", script);
  }

  async reboot(): Promise<void> {
    await localDocker("restart", "--time", "5", this.container);
  }

  /** Logs in anew. @throws when that takes longer */
  async logInWithin(seconds: number): Promise<void> {
    const login = new Transport(this.inputs.connection, seconds * 1000);
    try {
      await login.output(["true"]);
    } finally {
      login.close();
    }
  }

  /** Forgets what guards keep, and logins that failed, which would count against those that come. */
  async forget(): Promise<void> {
    await this.inMachine(`rm -rf ${GUARDS}; fail2ban-client unban --all`);
  }
}

function outputsOf<T>(exported: string, end: string): T {
  const { deployment } = JSON.parse(exported) as { deployment: { resources: { urn: string; outputs: T }[] } };
  const found = deployment.resources.find(({ urn }) => urn.endsWith(`$pulumi-nodejs:dynamic/${end}`));
  if (found === undefined) throw new Error(`the lab's state has no ${end}`);
  return found.outputs;
}

/** The warnings of one change. */
export async function warningsOf(work: () => Promise<unknown>): Promise<string> {
  const error = jest.spyOn(console, "error").mockImplementation(() => undefined);
  try {
    await work();
    return error.mock.calls.map(([said]) => String(said)).join("\n");
  } finally {
    error.mockRestore();
  }
}
