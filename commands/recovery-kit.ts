import { RESTIC_IMAGE } from "../programs/offsite";
import { PUSHING, REPOSITORY_PASSWORD } from "../programs/offsite/keys";
import { repositoryOf } from "../programs/offsite/settings";
import { projectRoot } from "../toolchain/environment";
import { backedHosts } from "./backups/host";
import { isMeant } from "./terminal/confirm";
import { deployedHosts } from "./stack/hosts";
import { chosenStack, main, pulumiOutput } from "./stack/pulumi";
import { type Kit, kitFor } from "./recovery-kit/kit";
import { madeSecret } from "./secrets/made";
import { expectPaper } from "./recovery-kit/paper";
import { elsewhereOf } from "./buckets/settings";
import { exportedState } from "./engine/exported";

/** `make recovery-kit [YES=1]`: prints what brings the data back with nothing but the S3 server and that sheet of paper. */
main(async () => {
  expectPaper(projectRoot);
  const stack = chosenStack();
  const hosts = backedHosts(await deployedHosts(stack)).map(({ name }) => name);
  const kit = await kitOf(stack, hosts);
  console.error(`This shows the password of all backups of ${stack}, and keys to them, on this terminal or printer.`);
  if (!(await isMeant())) {
    console.error("Nothing was shown: YES=1 does it.");
    return 0;
  }
  process.stdout.write(kitFor(kit));
  return 0;
});

async function kitOf(stack: string, hosts: readonly string[]): Promise<Kit> {
  const { settings, given, expected } = await elsewhereOf(stack);
  return {
    stack,
    repository: repositoryOf(settings),
    region: settings.bucketsRegion,
    password: given(REPOSITORY_PASSWORD.name) ?? (await made(stack, REPOSITORY_PASSWORD.name)),
    accessKey: expected(PUSHING.access.name),
    secretKey: expected(PUSHING.secret.name),
    version: RESTIC_IMAGE.slice(RESTIC_IMAGE.lastIndexOf(":") + 1),
    hosts,
    printed: new Date().toISOString(),
  };
}

const EXPORT = ["stack", "export", "--show-secrets"];

const made = async (stack: string, name: string): Promise<string> =>
  madeSecret(exportedState(await pulumiOutput(stack, ...EXPORT, "--stack", stack)), name);
