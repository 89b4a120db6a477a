import { expectFormat } from "./audit/format";
import { Copy, holdDrill } from "./drill/copy";
import { drillHost } from "./drill/host";
import { type Outcome, tellFigures } from "./drill/metrics";
import { type DrilledHost, isGood, jsonOf, reportOf } from "./drill/report";
import { secretsForReading } from "./drill/secrets";
import { drilledHosts, newestSet, ownManifest, withProgram } from "./drill/sets";
import { copyFile } from "./drill/settings";
import { type DeployedHost, deployedHosts } from "./hosts";
import { chosenStack, main } from "./pulumi";
import { settingsOf } from "./reach/stack";

/**
 * `make drill [HOST=…] [STACK=…] [KEEP=1] [FORMAT=json]`: brings the newest sets of backups back in an isolated copy of the stack, and
 * says what that gave, how long it took, and how old the data are. Ends with 1 where anything differs. The copy goes afterwards.
 */
main(async () => {
  const stack = chosenStack();
  const { HOST: wanted, KEEP: keep } = process.env;
  const format = expectFormat(process.env["FORMAT"]);
  const hosts = await deployedHosts(stack);
  const names = drilledHosts(hosts, wanted);
  const copy = Copy.of(stack);
  const release = holdDrill(stack);
  const leave = untilInterrupted(copy);
  const drill = new DrillRun(stack, hosts, names, copy);
  try {
    await drill.run();
    const result = { stack, began: new Date(drill.began).toISOString(), seconds: drill.seconds, hosts: drill.found };
    console.log(format === "json" ? jsonOf(result) : reportOf(result));
    return drill.found.every(isGood) ? 0 : 1;
  } finally {
    await drill.tell();
    if (keep === "1") say(keptText(copy.directory));
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

/** The hostnames of a stack's sites. */
const sitesOf = (hosts: Readonly<Record<string, DeployedHost>>): string[] => [
  ...new Set(
    Object.values(hosts)
      .flatMap(({ services }) => Object.values(services))
      .flatMap(({ urls = [] }) => urls.map((url) => new URL(url).hostname)),
  ),
];

/** A signal ends what is under way, not what takes the copy away. @returns what ends that */
function untilInterrupted(copy: Copy): () => void {
  const end = (): void => copy.interrupt();
  const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
  for (const signal of signals) process.on(signal, end);
  return () => signals.forEach((signal) => process.off(signal, end));
}

/** A drill of a stack's hosts, and what it has found so far. */
class DrillRun {
  readonly found: DrilledHost[] = [];
  /** Moment in ms since 1970. */
  began = Date.now();
  seconds = 0;

  constructor(
    private readonly stack: string,
    private readonly hosts: Readonly<Record<string, DeployedHost>>,
    private readonly names: readonly string[],
    private readonly copy: Copy,
  ) {}

  /** @throws where the copy cannot be made, or a set does not come */
  async run(): Promise<void> {
    const { stack, hosts, names, copy } = this;
    if (copy.isThere) {
      say(`Taking away the copy of an earlier drill in ${copy.directory}.`);
      await copy.remove();
    }
    const settings = await settingsOf(stack);
    if (settings === undefined)
      throw new Error(`expected a stack's file without errors, found some: make preview STACK=${stack} tells them all`);
    const sets = await Promise.all(names.map((name) => newestSet(name, hosts)));
    const originals = await Promise.all(sets.map((set) => ownManifest(set, hosts)));
    const secrets = await secretsForReading(stack, settings.platform);
    this.began = Date.now();
    say(`Making a copy of ${names.join(" and ")} in ${copy.directory}.`);
    await copy.prepare(copyFile(settings.config, names), secrets);
    await copy.up();
    const moments = { began: this.began, up: Date.now() };
    const [copied, exported] = [await copy.hosts(), await copy.exported()];
    for (const [index, newest] of sets.entries()) {
      const original = originals[index];
      this.found.push(await drillHost({ newest, original, copied, exported, names: sitesOf(hosts), moments, say }));
    }
    this.seconds = (Date.now() - this.began) / 1000;
  }

  /** Leaves what came of it on the drilled hosts. Where one is away, its alert is that the drill is overdue. */
  async tell(): Promise<void> {
    const seconds = this.seconds || (Date.now() - this.began) / 1000;
    for (const name of this.names) {
      const outcome: Outcome = { host: this.found.find((one) => one.name === name), seconds };
      await withProgram(name, this.hosts, (program, host) => tellFigures(host, program.folder, outcome)).catch(
        (error: Error) => say(`${name}: its collector was not told of the drill: ${error.message}`),
      );
    }
  }
}
