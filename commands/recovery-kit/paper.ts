import { fstatSync, readlinkSync } from "node:fs";
import path from "node:path";

/**
 * Refuses to print into a file of the checkout, from where it would be committed.
 * @param root of the checkout
 * @param descriptor that is printed to
 */
export function expectPaper(root: string, descriptor = 1): void {
  if (!fstatSync(descriptor).isFile()) return;
  const file = readlinkSync(`/proc/self/fd/${descriptor}`);
  if (path.relative(root, file).startsWith("..")) return;
  throw new Error(
    `expected a terminal or a printer (make -s recovery-kit | lp), found the file ${file} in this checkout; nothing was printed`,
  );
}
