import { z } from "zod";
import { expectForm } from "../../model/foreign-json";
import { pulumiEnvironment } from "../../toolchain/environment";
import { pulumiOutput } from "../engine/run";
import { pulumiJson } from "../engine/pulumi-json";
import { stackFileContent } from "../engine/stack-file";
import { fits, passphraseIn } from "./check-passphrase";
import { type Ask, asking } from "./prompt";

interface Encryption {
  readonly encryptionsalt?: string;
  readonly secretsprovider?: string;
}

const encryptionOf = (stack: string): Encryption => stackFileContent(stack) ?? {};

/** A stack of the Pulumi service is encrypted by the service; every other backend's by a passphrase. */
const inPulumiService = async (stack: string): Promise<boolean> => {
  const printed = await pulumiOutput(stack, "whoami", "--verbose", "--json");
  const found = pulumiJson(printed, "pulumi whoami --json");
  const { url } = expectForm(z.looseObject({ url: z.string() }), found, "the output of `pulumi whoami --json`");
  return /^https?:/.test(url);
};

const confirmed = async (question: string, ask: Ask): Promise<string> => {
  const first = await ask(question);
  if (first === "") throw new Error("expected a passphrase, found an empty one");
  if ((await ask("The same again")) !== first) throw new Error("expected the same passphrase twice, found two");
  return first;
};

/**
 * Asks for the stack's passphrase once, for every `pulumi` that this process starts, if it needs one and has none.
 * @throws when nobody can be asked
 */
export const providePassphrase = async (stack: string): Promise<void> => {
  const env = pulumiEnvironment(stack);
  if (env["PULUMI_CONFIG_PASSPHRASE"] !== undefined || env["PULUMI_CONFIG_PASSPHRASE_FILE"] !== undefined) return;
  const { encryptionsalt, secretsprovider } = encryptionOf(stack);
  if (secretsprovider !== undefined && secretsprovider !== "passphrase") return;
  if (encryptionsalt === undefined && (await inPulumiService(stack))) return;
  const ask = asking();
  if (!ask) {
    throw new Error(
      `expected the passphrase of stack ${stack} in PULUMI_CONFIG_PASSPHRASE or a file named by ` +
        "PULUMI_CONFIG_PASSPHRASE_FILE, found neither, and no terminal to ask on",
    );
  }
  process.env["PULUMI_CONFIG_PASSPHRASE"] =
    encryptionsalt === undefined
      ? await confirmed(`New passphrase for the secrets of stack ${stack} (keep it: nothing recovers it)`, ask)
      : await ask(`Passphrase of stack ${stack}`);
};

/**
 * Before hosts are looked at: the stack's passphrase is right, if it has one.
 * @throws when it is wrong
 */
export async function expectPassphrase(stack: string): Promise<void> {
  const { encryptionsalt } = encryptionOf(stack);
  const given = passphraseIn(pulumiEnvironment(stack));
  if (encryptionsalt === undefined || given === undefined || (await fits(given, encryptionsalt))) return;
  throw new Error(
    `expected the passphrase of stack ${stack}, found another one in PULUMI_CONFIG_PASSPHRASE or the file that ` +
      "PULUMI_CONFIG_PASSPHRASE_FILE names; nothing was changed, and no host was logged in to",
  );
}
