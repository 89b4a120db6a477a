import { Transport } from "@vpai/providers";
import type { StackConfig } from "../../config";
import { readLock } from "../../images/lock";
import { folderOn, type Platform } from "../../model/platform";
import { RESTIC_IMAGE } from "../../programs/offsite";
import { PUSHING, REPOSITORY_PASSWORD } from "../../programs/offsite/keys";
import { repositoryOf } from "../../programs/offsite/settings";
import { BackupProgram, unitOfHost } from "../backups/host";
import { copyOf, expectAt, type OffsiteCopy, offsiteHost, offsiteOn } from "../backups/offsite";
import { type Elsewhere, elsewhereOf } from "../buckets/settings";
import { bringBack } from "../drill/host";
import { isGood, type ReturnedHost } from "../drill/report";
import { type DeployedHost, outputsOf } from "../stack/hosts";
import { changeStack, prepareStack, pulumiOutput } from "../stack/pulumi";
import { hostsOf, settingsOf } from "../reach/stack";
import { chosenHost } from "../scope/choice";
import { madeIfAny } from "../secrets/made";
import { expectPassphrase } from "../secrets/passphrase";
import { type ExportedState, exportedState } from "../engine/exported";
import { rewriteState } from "../state/rewrite";
import { bringUp } from "../up/bring-up";
import { refreshStack } from "../up/refresh-stack";
import { type Computer, computerOf } from "./computer";
import { knowsComputer, machineParts, withoutHost } from "./lost";
import { expectKeptSecrets } from "./kept-secrets";
import { dataOf, type Known, numberedAnew } from "./plan";
import { ResticOn } from "./restic";
import { lostState } from "./state";

/** What a recovery was asked for. */
interface Asked {
  stack: string;
  /** Name of the host. */
  host: string;
  /** A set's name, or a moment; empty: the newest. */
  at: string;
  /** Tells a person how far it is. */
  say: (text: string) => void;
}

/**
 * A host whose computer was lost, and how it comes back: the state, the computer, all that the stack puts there, and its data, straight
 * from the repository elsewhere. Whatever was interrupted is gone on with by another run.
 */
export class Recovery {
  private constructor(
    private readonly asked: Asked,
    private readonly config: StackConfig,
    private readonly platform: Platform,
    private readonly elsewhere: Elsewhere,
    private readonly lost: Awaited<ReturnType<typeof lostState>>,
    private readonly computer: Computer,
  ) {}

  /** @throws where it cannot succeed, before anything is changed */
  static async of(asked: Asked): Promise<Recovery> {
    const { stack, host, at } = asked;
    expectAt(at);
    await prepareStack(stack);
    await expectPassphrase(stack);
    const settings = await settingsOf(stack);
    if (settings === undefined)
      throw new Error(`expected a stack's file without errors, found some: make preview STACK=${stack} tells them all`);
    const { config, platform } = settings;
    chosenHost(host, config.hosts);
    const elsewhere = await elsewhereOf(stack);
    for (const { name } of [PUSHING.access, PUSHING.secret]) elsewhere.expected(name);
    const lost = await lostState(stack);
    if (lost !== undefined && lost.from === undefined) expectKeptSecrets(asked, settings, elsewhere);
    const computer = await lookAt(asked, platform);
    return new Recovery(asked, config, platform, elsewhere, lost, computer);
  }

  /** What it would do. @throws where there is no copy as of then */
  async known(): Promise<Known> {
    const { asked, computer, lost } = this;
    const copies = await this.notesOfHub();
    const copy = copies && copyOf(copies, asked.host, asked.at);
    return { ...asked, computer, state: lost?.from, copy };
  }

  /** @throws where the host, or its data, cannot be brought back; what was done stays, and another run goes on from there */
  async run(): Promise<{ host: ReturnedHost; seconds: number }> {
    const { stack, host: name } = this.asked;
    const began = Date.now();
    await this.lost?.bringBack();
    await this.forgetLostComputer();
    if ((await bringUp({ stack, unattended: true, given: { HOST: name } })) !== 0)
      throw new Error(`${name}: expected it to come up, found that it does not: see above. ${AGAIN}`);
    const up = Date.now();
    const hosts = await outputsOf(stack);
    const returned = await this.bringDataBack(hosts, { began, up });
    const seconds = (Date.now() - began) / 1000;
    return { host: { ...returned, problems: [...returned.problems, ...(await this.settle(returned))] }, seconds };
  }

  /** What the hub knows of the copies; undefined where it is the lost one, or away. */
  private async notesOfHub(): Promise<readonly OffsiteCopy[] | undefined> {
    const [name, hub] = offsiteHost(await outputsOf(this.asked.stack)) ?? [];
    if (hub === undefined || name === this.asked.host) return undefined;
    const transport = new Transport(hub.connection, HUB_PATIENCE);
    try {
      return (await offsiteOn(transport)).copies;
    } catch {
      return undefined;
    } finally {
      transport.close();
    }
  }

  /** Has the state know nothing of what was on a computer that is gone. @throws where its provider still has it */
  private async forgetLostComputer(): Promise<void> {
    const { stack, host, say } = this.asked;
    const computer = this.lost === undefined ? this.computer : await lookAt(this.asked, this.platform);
    if (computer === "there") return;
    const isMade = computer === "empty" ? false : !(await this.hasMachine(computer));
    if (computer === "unmade" && !isMade) return;
    say(`${host}: the state forgets what was on the computer that is lost.`);
    const hosts = Object.keys(this.config.hosts);
    await rewriteState(stack, (state) => withoutHost(state, { host, hosts, isMade }));
  }

  /** Whether the computer is there, as whoever makes it says. @throws for one that is, and does not let us in */
  private async hasMachine(computer: Computer): Promise<boolean> {
    const { stack, host } = this.asked;
    const targets = machineParts(await exportOf(stack), host).flatMap((urn) => ["--target", urn]);
    const look = ["refresh", "--stack", stack, "--yes", "--skip-preview", "--suppress-outputs", ...targets];
    if (targets.length > 0 && (await changeStack(stack, look, false)) !== 0)
      throw new Error(`${host}: expected its provider to say whether its machine is there, found none: see above`);
    const has = knowsComputer(await exportOf(stack), host);
    if (has && computer === "away")
      throw new Error(
        `${host}: expected its machine to be gone, found that its provider has it, though it does not let us in. Where it is ` +
          "lost for good, delete it there; nothing was changed",
      );
    return has;
  }

  private async bringDataBack(
    hosts: Readonly<Record<string, DeployedHost>>,
    moments: { began: number; up: number },
  ): Promise<ReturnedHost> {
    const { stack, host: name, say } = this.asked;
    const unit = unitOfHost(name, hosts);
    const host = chosenHost(name, hosts);
    const transport = new Transport(host.connection);
    const restic = new ResticOn(host.connection, this.image, await this.repository());
    try {
      const program = await BackupProgram.of(transport, unit);
      const copy = await this.chosenCopy(restic, await transport.output(program.command("recovering")));
      await transport.output(program.command("recovering", copy.set));
      const isThere = (await program.manifests()).some(({ set }) => set === copy.set);
      if (!isThere && !(await restic.give(copy, program.command("accept", copy.set))))
        throw new Error(
          `${name}: expected ${copy.set} as it was written, found that it did not come: see above. ${AGAIN}`,
        );
      const newest = { host: name, set: copy.set, started: copy.time, from: "elsewhere" as const };
      const exported = await exportOf(stack);
      return await bringBack({
        ...{ stack, newest, original: undefined, host, transport, program, exported, moments, say },
      });
    } finally {
      restic.close();
      transport.close();
    }
  }

  /** @param waiting the set that a run of before has chosen; empty: none */
  private async chosenCopy(restic: ResticOn, waiting: string): Promise<OffsiteCopy> {
    const { host, at, say } = this.asked;
    const copies = await restic.copies(host);
    const copy = copyOf(copies, host, at || waiting.trim());
    say(`${host}: ${dataOf(copy, new Date())}`);
    const warning = numberedAnew(copies, copy);
    if (warning !== undefined) say(warning);
    return copy;
  }

  private get image(): string {
    const isLab = this.config.hosts[this.asked.host]?.machine.kind === "lab";
    const digest = isLab ? undefined : readLock()[RESTIC_IMAGE]?.digest;
    return digest === undefined ? RESTIC_IMAGE : `${RESTIC_IMAGE}@${digest}`;
  }

  private async repository() {
    const { settings, given, expected } = this.elsewhere;
    const { name } = REPOSITORY_PASSWORD;
    const password = given(name) ?? madeIfAny(await exportOf(this.asked.stack, "--show-secrets"), name);
    if (password === undefined)
      throw new Error(
        `expected the password of the backups, found none: give it as the secret ${name}, from the recovery kit`,
      );
    return {
      ...{ repository: repositoryOf(settings), region: settings.bucketsRegion, password },
      ...{ accessKey: expected(PUSHING.access.name), secretKey: expected(PUSHING.secret.name) },
    };
  }

  /**
   * Has the state know what is inside of the data that came back, and other hosts of the new computer. What the set lacks, since it was
   * requested later, is made anew.
   * @returns what is wrong then, in words
   */
  private async settle(returned: ReturnedHost): Promise<string[]> {
    const { stack, host: name, say } = this.asked;
    if (returned.problems.length > 0) return [];
    say(`${name}: its data are back; the stack is brought up.`);
    if ((await refreshStack({ stack, unattended: true, given: { HOST: name }, args: ["--suppress-outputs"] })) !== 0)
      return ["expected a look at all of it afterwards, found that it failed: see above, then make refresh"];
    if (isGood(returned)) process.env["VPAI_RECREATE"] = `${name}/*`;
    const code = await bringUp({ stack, unattended: true });
    return code === 0
      ? []
      : ["expected the stack to come up afterwards, found that it does not: see above, then make up"];
  }
}

/** Milliseconds that the hub may take to say which copies there are: it may be lost, too. */
const HUB_PATIENCE = 10_000;

const AGAIN = "Another make recover goes on from there";

const exportOf = async (stack: string, ...options: readonly string[]): Promise<ExportedState> =>
  exportedState(await pulumiOutput(stack, "stack", "export", ...options, "--stack", stack));

async function lookAt({ stack, host: name }: Asked, platform: Platform): Promise<Computer> {
  const host = (await hostsOf(stack))?.[name];
  const described = platform.hosts[name];
  if (host === undefined || described === undefined)
    throw new Error(`expected the host ${name} in the stack's file, found none`);
  return computerOf(name, host, folderOn(platform.name, described));
}
