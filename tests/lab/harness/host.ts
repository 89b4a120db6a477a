import { type Connection, sshOptions } from "../../../providers/ssh/connection";
import { remoteCommand } from "../../../providers/ssh/quote";
import { eventually } from "../../eventually";
import { type Result, run, type RunOptions, succeed } from "./run";

/** What `docker inspect` says of a container, as far as the tests look at it. */
export interface Container {
  Id: string;
  Image: string;
  RestartCount: number;
  State: { Status: string; StartedAt: string; Health?: { Status: string } };
  Config: { Image: string; Env: string[]; Labels: Record<string, string>; Cmd: string[] };
  HostConfig: { Memory: number; NanoCpus: number };
  NetworkSettings: { Networks: Record<string, { IPAddress: string }> };
}

/** A host of a lab, reached as the stack's outputs say, with the pinned host key. */
export class LabHost {
  constructor(
    readonly name: string,
    readonly connection: Connection,
    /** The address that the world reaches it on. */
    readonly publicAddress: string,
  ) {}

  /** The `ssh` command line that runs `argv` there. */
  ssh(argv: readonly string[]): string[] {
    const { user, host, port } = this.connection;
    return ["ssh", ...sshOptions(this.connection), "-p", String(port), `${user}@${host}`, "--", remoteCommand(argv)];
  }

  /** Runs `argv` on the host. @returns its result, whatever the exit code */
  run(argv: readonly string[], options: RunOptions = {}): Promise<Result> {
    return run(this.ssh(argv), { timeout: 120, ...options });
  }

  /** Runs `argv` on the host. @returns its standard output, without white space around it @throws unless it exits with 0 */
  async output(argv: readonly string[], options: RunOptions = {}): Promise<string> {
    return (await succeed(this.ssh(argv), { timeout: 120, ...options })).stdout.trim();
  }

  docker(...args: string[]): Promise<string> {
    return this.output(["docker", ...args]);
  }

  /** A container by its name. @throws when there is none */
  async container(name: string): Promise<Container> {
    const [found] = JSON.parse(await this.docker("container", "inspect", name)) as Container[];
    if (found === undefined) throw new Error(`${this.name}: no container ${name}`);
    return found;
  }

  /** Id and start time of every container but `except`: what must not change when nobody touches them. */
  async starts(...except: string[]): Promise<Record<string, string>> {
    const format = "{{slice .Name 1}} {{.Id}} {{.State.StartedAt}} {{.RestartCount}}";
    const ids = (await this.docker("ps", "--all", "--quiet")).split("\n").filter((id) => id !== "");
    const lines = (await this.docker("container", "inspect", "--format", format, ...ids)).split("\n");
    const pairs = lines.map((line): [string, string] => [
      line.slice(0, line.indexOf(" ")),
      line.slice(line.indexOf(" ") + 1),
    ]);
    return Object.fromEntries(pairs.filter(([name]) => !except.includes(name)));
  }

  /** Waits until every container is healthy. @param seconds how long */
  async becomesHealthy(seconds: number): Promise<void> {
    await eventually(async () => {
      const states = await this.docker("ps", "--all", "--format", "{{.Names}}: {{.Status}}");
      if (states === "" || states.split("\n").some((state) => !state.endsWith("(healthy)")))
        throw new Error(`not all healthy:\n${states}`);
    }, seconds);
  }

  /** Number of logins that sshd has accepted since it was set up. */
  async logins(): Promise<number> {
    const log = await this.output(["journalctl", "--unit", "ssh", "--no-pager", "--output", "cat"]);
    return log.split("\n").filter((line) => line.startsWith("Accepted publickey ")).length;
  }
}
