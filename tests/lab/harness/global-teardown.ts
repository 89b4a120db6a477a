import { rmSync } from "node:fs";
import { copiesDirectory } from "./copy";
import { removeCopies } from "./global-setup";

/** After the lab tests, also after failed ones: no lab of theirs is left. */
export default async function tearDown(): Promise<void> {
  if (process.env["VPAI_TEST_KEEP"]) return;
  await removeCopies();
  rmSync(copiesDirectory, { recursive: true, force: true });
}
