import { output, type Output } from "@pulumi/pulumi";

/** An output's value, once it is known: for hooks, which run while something is created. */
export const known = <T>(value: Output<T>): Promise<T> =>
  new Promise((resolve) => void output(value).apply((found) => resolve(found as T)));
