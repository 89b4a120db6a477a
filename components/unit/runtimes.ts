import type { Resource } from "@pulumi/pulumi";
import type { HostProgram } from "@vpai/providers";
import { UserError } from "../../model/finding";
import type { Program, Tool } from "../../model/program";
import type { Preparation } from "../preparation";
import type { HostContext } from "../host-context";
import { hostProgram } from "./program";

/** Programs of a host that several need, such as Node, and its tools: each installed once, in one version. */
export class Runtimes {
  private readonly made = new Map<string, { program: Program; resource: HostProgram }>();

  constructor(
    private readonly host: HostContext,
    private readonly parent: Resource,
  ) {}

  /** @throws UserError when the host has it in another version */
  get(program: Program, preparation: Preparation): HostProgram {
    const known = this.known(program);
    if (known !== undefined) return known;
    const resource = this.make(program, { use: "runtime" });
    preparation.add(resource, resource.installedAt);
    return resource;
  }

  /** Installs a tool. No container waits for it. @throws as {@link get} */
  tool(tool: Tool, preparation: Preparation): void {
    const runtimes = (tool.runtimes ?? []).map((runtime) => this.get(runtime, preparation));
    if (this.known(tool) === undefined) this.make(tool, { use: "tool", runtimes });
  }

  private known({ name, version }: Program): HostProgram | undefined {
    const known = this.made.get(name);
    if (known !== undefined && known.program.version !== version)
      throw new UserError(
        `${name} on ${this.host.owner.host}: expected one version for all, found ${known.program.version} and ${version}`,
      );
    return known?.resource;
  }

  private make(program: Program, how: { use: "runtime" | "tool"; runtimes?: readonly HostProgram[] }): HostProgram {
    const { host, parent } = this;
    const resource = hostProgram(`${host.owner.host}/program/${program.name}`, program, { host, parent, ...how });
    this.made.set(program.name, { program, resource });
    return resource;
  }
}
