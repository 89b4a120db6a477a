import { all, type Output, ResourceHook } from "@pulumi/pulumi";
import {
  type Connection,
  expectReadableData,
  expectReady,
  type HostNeeds,
  transportTo,
  type VersionedData,
} from "@vpai/providers";
import { LEFT_AS_IT_IS } from "../../model/finding";
import { known } from "../known";

/**
 * Looks at a host once in a run, right before the first change there: whether it has what all of its services need. A run that
 * changes nothing does not look.
 */
export class HostLook {
  /** Runs before an image is pulled, or a file or folder made or changed. */
  readonly hook: ResourceHook;
  private outcome: Promise<void> | undefined;

  /**
   * @param host its name
   * @param data that the images of its services have to be able to read
   */
  constructor(
    private readonly host: string,
    private readonly connection: Output<Connection>,
    private readonly needs: Output<HostNeeds>,
    private readonly data: readonly VersionedData[],
  ) {
    this.hook = new ResourceHook(`look at ${host}`, () => this.look());
  }

  /** @throws the first time with what the host lacks, then in a few words: everything that is to be changed asks */
  private async look(): Promise<void> {
    if (this.outcome !== undefined)
      return this.outcome.catch(() => {
        throw new Error(`${LEFT_AS_IT_IS}, for what ${this.host} lacks`);
      });
    this.outcome = known(all([this.connection, this.needs])).then(async ([connection, needs]) => {
      await expectReady(transportTo(connection), needs);
      await expectReadableData(transportTo(connection), this.data);
    });
    return this.outcome;
  }
}
