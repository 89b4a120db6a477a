import type { DeployedHost } from "../stack/hosts";
import { settingsOf } from "../reach/stack";
import type { Copy } from "./copy";
import { drillHost } from "./host";
import { type Outcome, tellFigures } from "./metrics";
import type { DrilledHost } from "./report";
import { secretsForReading } from "./secrets";
import { newestSet, ownManifest, withProgram } from "./sets";
import { copyFile } from "./settings";

/** The hostnames of a stack's sites. */
const sitesOf = (hosts: Readonly<Record<string, DeployedHost>>): string[] => [
  ...new Set(
    Object.values(hosts)
      .flatMap(({ services }) => Object.values(services))
      .flatMap(({ urls = [] }) => urls.map((url) => new URL(url).hostname)),
  ),
];

/** A drill of a stack's hosts, and what it has found so far. */
export class DrillRun {
  readonly found: DrilledHost[] = [];
  /** Moment in ms since 1970. */
  began = Date.now();
  seconds = 0;

  constructor(
    private readonly stack: string,
    private readonly hosts: Readonly<Record<string, DeployedHost>>,
    private readonly names: readonly string[],
    private readonly copy: Copy,
    /** Tells a person how far it is. */
    private readonly say: (text: string) => void,
  ) {}

  /** @throws where the copy cannot be made, or a set does not come */
  async run(): Promise<void> {
    const { stack, hosts, names, copy, say } = this;
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
        (error: Error) => this.say(`${name}: its collector was not told of the drill: ${error.message}`),
      );
    }
  }
}
