import { expectFormat } from "./audit/format";
import { chosenBacked } from "./backups/host";
import { Copy, holdDrill } from "./drill/copy";
import { isGood, jsonOf, reportOf } from "./drill/report";
import { DrillRun } from "./drill/run";
import { deployedHosts } from "./stack/hosts";
import { chosenStack, main } from "./stack/pulumi";
import { flagOf } from "./terminal/flag";

/**
 * `make drill [HOST=…] [STACK=…] [KEEP=1] [FORMAT=json]`: brings the newest sets of backups back in an isolated copy of the stack, and
 * says what that gave, how long it took, and how old the data are. Ends with 1 where anything differs. The copy goes afterwards.
 */
main(async () => {
  const stack = chosenStack();
  const { HOST: wanted } = process.env;
  const keep = flagOf("KEEP");
  const format = expectFormat(process.env["FORMAT"]);
  const hosts = await deployedHosts(stack);
  const names = chosenBacked(hosts, wanted).map(({ name }) => name);
  const copy = Copy.of(stack);
  const release = holdDrill(stack);
  const leave = untilInterrupted(copy);
  const drill = new DrillRun(stack, hosts, names, copy, say);
  try {
    await drill.run();
    const result = { stack, began: new Date(drill.began).toISOString(), seconds: drill.seconds, hosts: drill.found };
    console.log(format === "json" ? jsonOf(result) : reportOf(result));
    return drill.found.every(isGood) ? 0 : 1;
  } finally {
    await drill.tell();
    if (keep) say(keptText(copy.directory));
    else await copy.remove();
    leave();
    release();
  }
});

/** Standard output is the report's. */
const say = (text: string): void => console.error(text);

const keptText = (directory: string): string =>
  `The copy is kept, with the drilled data: PULUMI_CONFIG_PASSPHRASE_FILE=${directory}/.vpai/passphrase make -C ${directory} status. ` +
  "The next drill takes it away, and `down` in place of `status` does so now.";

/** A signal ends what is under way, not what takes the copy away. @returns what ends that */
function untilInterrupted(copy: Copy): () => void {
  const end = (): void => copy.interrupt();
  const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
  for (const signal of signals) process.on(signal, end);
  return () => signals.forEach((signal) => process.off(signal, end));
}
