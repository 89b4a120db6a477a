import type { Resource } from "@pulumi/pulumi";
import type { HostProgram } from "@vpai/providers";
import { UserError } from "../../model/finding";
import type { Program } from "../../model/program";
import type { Preparation } from "../preparation";
import type { HostContext } from "../host-context";
import { hostProgram } from "./program";

/** Programs of a host that several of its units need, such as Node: each installed once, in one version. */
export class Runtimes {
  private readonly made = new Map<string, { program: Program; resource: HostProgram }>();

  constructor(
    private readonly host: HostContext,
    private readonly parent: Resource,
  ) {}

  /** @throws UserError when the host has it in another version */
  get(program: Program, preparation: Preparation): HostProgram {
    const { name, version } = program;
    const known = this.made.get(name);
    if (known !== undefined && known.program.version !== version)
      throw new UserError(
        `${name} on ${this.host.owner.host}: expected one version for all units, found ${known.program.version} and ${version}`,
      );
    if (known !== undefined) return known.resource;
    const resource = hostProgram(`${this.host.owner.host}/program/${name}`, program, {
      host: this.host,
      parent: this.parent,
    });
    preparation.add(resource, resource.installedAt);
    this.made.set(name, { program, resource });
    return resource;
  }
}
