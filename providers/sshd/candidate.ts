import type { Transport } from "../ssh/transport";
import { dropIn, type Wanted } from "./drop-in";
import { type Effective, effectiveOf } from "./effective";
import { type LoginFacts, script, specifications } from "./look";
import { DROP_IN, SET_ASIDE, STAGE, TRY } from "./scripts";
import { differences, expectWanted, isAlone } from "./differences";

/** A configuration that is not in force yet. */
interface Candidate {
  stage: string;
  login: LoginFacts;
  wanted: Wanted;
  port: number;
}

/** Makes a copy of the configuration that sshd accepts, and that has what is wanted. @returns lines of others that it had to take out */
export async function prepare(host: Transport, candidate: Candidate): Promise<string> {
  const { stage, wanted, port } = candidate;
  const put = (named?: number): Promise<string> => script(host, STAGE, [stage, DROP_IN], dropIn(wanted, named));
  await put();
  const bare = await judge(host, candidate);
  if (!isAlone(port, bare.ports)) await put(port);
  const own = isAlone(port, bare.ports) ? bare : await judge(host, candidate);
  const wrong = differences(wanted, port, own);
  if (wrong.length === 0) return "";
  const aside = await script(host, SET_ASIDE, [stage, DROP_IN, ...wrong.flatMap(({ option }) => namesOf(option))]);
  expectWanted(host, wanted, port, await judge(host, candidate));
  return aside.trim().split("\n").join("; ");
}

/** @throws with sshd's own words when it does not accept the copy */
async function judge(host: Transport, { stage, login, wanted }: Candidate): Promise<Effective> {
  const answer = await host.run(["sh", "-c", TRY, "vpai", stage, ...specifications(wanted, login)]);
  if (answer.code === 0) return effectiveOf(answer.stdout);
  throw new Error(
    `expected a configuration that \`sshd -t\` accepts, found: ${answer.stderr.trim().split(/\s*\n/).join("; ")}. ` +
      "Mend the line that it names, or take it out of the stack",
  );
}

/** Older names of options, by which other files may set them. */
const OLD_NAMES: Readonly<Record<string, readonly string[]>> = {
  kbdinteractiveauthentication: ["challengeresponseauthentication", "skeyauthentication"],
};

const namesOf = (option: string): string[] => [option, ...(OLD_NAMES[option] ?? [])];
