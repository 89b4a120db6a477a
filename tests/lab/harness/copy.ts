import path from "node:path";
import { copyCheckout as copyCheckoutTo } from "../../../toolchain/copy-checkout";
import { localDirectory } from "../../../toolchain/environment";

export { restoreFile } from "../../../toolchain/copy-checkout";

/** Where the tests' copies of the checkout lie; git and jest ignore it. */
export const copiesDirectory = path.join(localDirectory, "tests");

export const copyDirectory = (name: string): string => path.join(copiesDirectory, name);

/** A copy of the checkout by that name. @returns its path */
export function copyCheckout(name: string): string {
  const copy = copyDirectory(name);
  copyCheckoutTo(copy);
  return copy;
}
