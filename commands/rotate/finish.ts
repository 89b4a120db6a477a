import { Transport } from "@vpai/providers";
import { proofsOf, takersOf, takesBoth } from "../../platforms/logins";
import { outputsOf } from "../stack/hosts";
import { providePassphrase } from "../secrets/passphrase";
import { bringUp } from "../up/bring-up";
import { renew } from "./begin";
import { Counter } from "./counter";
import { notePending, type Pending } from "./pending";
import { faultsIn, isOver, isTaken, type Outcome, outcomeTable } from "./report";
import { bucketsOf, describedStack, type DescribedStack, takerNames } from "./stack";
import { type Tried, tryUntil } from "./try";
import { madeValues } from "./values";

/** How the end of a rotation begins. */
interface Begun {
  /** Whether the stack was brought up with what is noted. */
  isUp: boolean;
}

/**
 * Ends the rotations that a stack's file has noted: gives out the new values, proves that they are accepted, has programs that take
 * two values forget the old ones, and proves that those are refused. What is cut short goes on with the next call.
 * @returns 0 once all is proven
 */
export async function finishRotations(stack: string, { isUp }: Begun): Promise<number> {
  await providePassphrase(stack);
  const described = await describedStack(stack);
  const pending = described.config.rotating;
  if (Object.keys(pending).length === 0) return 0;
  const wasRenewed = isRenewed(described, pending);
  await renew(stack, described, pending);
  const run = await Run.of(stack, await describedStack(stack));
  try {
    return await run.finish(isUp && wasRenewed);
  } finally {
    await run.close();
  }
}

/** Whether each secret has its new value already. */
const isRenewed = ({ config, secrets }: DescribedStack, pending: Pending): boolean =>
  secrets.every(({ declaration: { name }, value }) => {
    const { before, rotation } = pending[name] ?? {};
    return rotation === undefined
      ? before === undefined || value !== before
      : (config.rotations[name] ?? 0) >= rotation;
  });

/** The host's own address, behind 1:1 NAT. */
function ownAddress({ config }: DescribedStack, host: string): string | undefined {
  const machine = config.hosts[host]?.machine;
  return machine?.kind === "existing" ? machine.bindAddress : undefined;
}

/** The end of all rotations of a stack. */
class Run {
  private readonly counter: Counter;
  /** What the stack's file says is under way. */
  private noted: Pending;

  private constructor(
    private readonly stack: string,
    private readonly described: DescribedStack,
    private readonly tried: Tried,
    private readonly transports: ReadonlyMap<string, Transport>,
  ) {
    this.noted = described.config.rotating;
    this.counter = new Counter(
      this.rotated.flatMap(({ declaration }) => takersOf(declaration, described.views)),
      tried,
    );
  }

  static async of(stack: string, described: DescribedStack): Promise<Run> {
    const hosts = await outputsOf(stack);
    const transports = new Map<string, Transport>();
    const transportTo = (host: string): Transport => {
      const deployed = hosts[host];
      if (deployed === undefined) throw new Error(`${host}: expected a host of the stack's outputs, found none`);
      const known = transports.get(host) ?? new Transport(deployed.connection);
      transports.set(host, known);
      return known;
    };
    const addresses = Object.fromEntries(
      Object.entries(hosts).map(([name, { publicAddress }]) => [name, ownAddress(described, name) ?? publicAddress]),
    );
    const { views, config } = described;
    return new Run(stack, described, { views, stack: config, addresses, hosts, transportTo }, transports);
  }

  private get pending(): Pending {
    return this.described.config.rotating;
  }

  private get rotated() {
    return this.described.secrets.filter(({ declaration }) => this.pending[declaration.name] !== undefined);
  }

  async finish(isUp: boolean): Promise<number> {
    if (!isUp && (await this.up()) !== 0) return this.cutShort();
    const outcomes = await this.accepted();
    const taken = outcomes.filter(isTaken);
    const isForgetting = await this.forget(taken);
    if (isForgetting && (await this.up()) !== 0) return this.cutShort();
    const tried = await Promise.all(outcomes.map(async (one) => (isTaken(one) ? this.refused(one) : one)));
    await this.note(tried.filter((one) => !(isTaken(one) && isOver(one))).map(({ name }) => name));
    return this.told(tried);
  }

  async close(): Promise<void> {
    await this.counter.stop();
    for (const transport of this.transports.values()) transport.close();
  }

  private up(): Promise<number> {
    return bringUp({ stack: this.stack, unattended: true });
  }

  private cutShort(): number {
    console.error(
      "The rotation is not over: old values may still be in force. make rotate with the same words, or make up, goes on with it.",
    );
    return 1;
  }

  /**
   * Notes that no program is to take the old values any more of secrets whose new ones are in force.
   * @returns whether some program takes both until the next `up`
   */
  private async forget(taken: readonly Outcome[]): Promise<boolean> {
    const names = taken.map(({ name }) => name).filter((name) => this.pending[name]?.ends !== true);
    if (names.length === 0) return false;
    await this.note(Object.keys(this.pending), names);
    const declarations = this.rotated.map(({ declaration }) => declaration);
    const [{ views }, buckets] = [this.described, bucketsOf(this.described)];
    return declarations.some((one) => names.includes(one.name) && takesBoth(one, views, buckets));
  }

  /** Notes what is still under way. @param ending those of it whose old value is only left to be tried */
  private note(names: readonly string[], ending: readonly string[] = []): Promise<void> {
    const noted = { ...this.noted };
    for (const name of Object.keys(noted)) if (!names.includes(name)) delete noted[name];
    for (const name of ending) noted[name] = { ...(noted[name] as Pending[string]), ends: true };
    this.noted = noted;
    return notePending(this.stack, noted);
  }

  private async accepted(): Promise<Outcome[]> {
    const made = await madeValues(this.stack);
    const proofs = proofsOf(this.tried);
    return Promise.all(
      this.rotated.map(async ({ declaration, value }) => {
        const { name } = declaration;
        const own = proofs.filter(({ proof }) => proof.secret.name === name);
        const proven = own.map(async (placed) => ({
          placed,
          accepted: await tryUntil("accepted", placed, value ?? made[name] ?? "", this.tried),
        }));
        const takers = takersOf(declaration, this.described.views);
        const takenBy = takerNames(declaration, this.described);
        return { name, takers, takenBy, proven: await Promise.all(proven), count: undefined };
      }),
    );
  }

  private async refused(outcome: Outcome): Promise<Outcome> {
    const before = this.pending[outcome.name]?.before ?? "";
    const proven = outcome.proven.map(async (one) => ({
      ...one,
      refused: await tryUntil("refused", one.placed, before, this.tried),
    }));
    return { ...outcome, proven: await Promise.all(proven) };
  }

  private async told(outcomes: readonly Outcome[]): Promise<number> {
    await this.counter.stop();
    console.log(`\n${outcomeTable(outcomes.map((one) => ({ ...one, count: this.counter.of(one.takers) })))}`);
    const faults = faultsIn(outcomes);
    for (const fault of faults) console.error(fault);
    return faults.length === 0 ? 0 : this.cutShort();
  }
}
