import type { Implementation } from "../../../providers/implementation";

/** Inputs, or what a state has. */
export type Properties = Record<string, unknown>;

/** A kind of resource as the engine calls it, for tests that try it on a host without one. */
export class Tried {
  constructor(private readonly implementation: Implementation) {}

  /** @returns the state */
  async create(inputs: object): Promise<Properties> {
    return (await this.implementation.create(inputs)).outs as Properties;
  }

  /** @returns what is there now; undefined when it is gone */
  async read(state: object): Promise<Properties | undefined> {
    return (await this.implementation.read("", state)).props as Properties | undefined;
  }

  async diff(state: object, inputs: object): Promise<{ changes?: boolean; replaces?: string[] }> {
    return this.implementation.diff("", state, inputs);
  }

  /** @returns the state */
  async update(state: object, inputs: object): Promise<Properties> {
    return (await this.implementation.update("", state, inputs)).outs as Properties;
  }

  async remove(state: object): Promise<void> {
    await this.implementation.delete("", state);
  }
}
